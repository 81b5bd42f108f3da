"""Measurements over shots: once, in one pass, kept on disk, cancelled at once."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from engines.analysis.shot_analysis import Arrays, Pass, ShotAnalysis, run_analyses
from engines.analysis.store import AnalysisStore
from engines.cancel import CancelToken
from engines.detect.shots import Shot
from engines.errors import Cancelled, FrameError
from engines.media.source import ClipInfo
from engines.types import ColourSpec, Frame, FrameNo, PixelFormat
from tests.fakes import MemorySource

_PASSES: list[str] = []


@dataclass(frozen=True)
class _Mean(ShotAnalysis):
    """Mean code of every frame, times a factor."""

    factor: float = 1.0
    name = "mean"
    version = 1

    def key(self) -> str:
        return f"{self.factor}"

    def begin(self, info: ClipInfo, shot: Shot) -> Pass:
        _PASSES.append(f"{self.factor} {shot.first}")
        return _MeanPass(self.factor)


class _MeanPass:
    def __init__(self, factor: float) -> None:
        self._factor = factor
        self._means: list[float] = []
        self.numbers: list[int] = []

    def feed(self, number: FrameNo, frame: Frame) -> None:
        self.numbers.append(number)
        self._means.append(float(frame.planes[0].mean()) * self._factor)

    def finish(self) -> Arrays:
        return {"mean": np.array(self._means), "numbers": np.array(self.numbers)}


class _Gappy(MemorySource):
    """Some frames cannot be read."""

    lost: tuple[int, ...] = ()

    def read(self, number: FrameNo) -> Frame:
        if number in self.lost:
            raise FrameError(number, f"Frame {number} is damaged.")
        return super().read(number)


def _source(*codes: int) -> _Gappy:
    layout = PixelFormat("gray", 8)
    return _Gappy([Frame((np.full((4, 6), code, np.uint8),), layout, ColourSpec()) for code in codes])


@pytest.fixture(autouse=True)
def _fresh() -> None:
    _PASSES.clear()


def test_several_measurements_share_one_pass_over_the_shot() -> None:
    source = _source(10, 20, 30, 40)
    once, twice = run_analyses([_Mean(), _Mean(2.0)], source, Shot(1, 2), CancelToken())
    assert once["mean"].tolist() == [20, 30]
    assert twice["mean"].tolist() == [40, 60]
    assert once["numbers"].tolist() == [1, 2]


def test_frames_that_cannot_be_read_count_as_repeats() -> None:
    source = _source(10, 20, 30, 40, 50)
    source.lost = (0, 3)
    (found,) = run_analyses([_Mean()], source, Shot(0, 4), CancelToken())
    assert found["mean"].tolist() == [20, 20, 30, 30, 50]
    assert found["numbers"].tolist() == [0, 1, 2, 3, 4]
    source.lost = (0, 1, 2, 3, 4)
    with pytest.raises(FrameError):
        run_analyses([_Mean()], source, Shot(0, 4), CancelToken())


def test_it_is_measured_once_and_found_again_by_the_next_run(tmp_path: Path) -> None:
    source = _source(10, 20)
    store = AnalysisStore(tmp_path)
    first = store.shot(_Mean(), source, Shot(0, 1), CancelToken(), together=[_Mean(), _Mean(3.0)])
    assert first["mean"].tolist() == [10, 20]
    assert sorted(_PASSES) == ["1.0 0", "3.0 0"]
    again = AnalysisStore(tmp_path)
    held = again.held(_Mean(3.0), source, Shot(0, 1))
    assert held is not None
    assert held["mean"].tolist() == [30, 60]
    again.shot(_Mean(), source, Shot(0, 1), CancelToken())
    assert len(_PASSES) == 2
    assert again.held(_Mean(), _source(10, 21), Shot(0, 1)) is None


def test_a_spoiled_file_is_measured_again(tmp_path: Path) -> None:
    source = _source(10, 20)
    AnalysisStore(tmp_path).shot(_Mean(), source, Shot(0, 1), CancelToken())
    (file,) = tmp_path.glob("*/*.npz")
    file.write_bytes(file.read_bytes()[:40])
    found = AnalysisStore(tmp_path).shot(_Mean(), source, Shot(0, 1), CancelToken())
    assert found["mean"].tolist() == [10, 20]
    assert len(_PASSES) == 2


def test_two_threads_that_ask_at_the_same_time_cause_one_measurement() -> None:
    store, made = AnalysisStore(), []
    gate = threading.Event()

    def make() -> Arrays:
        gate.wait(5)
        made.append(1)
        return {"x": np.zeros(1)}

    threads = [threading.Thread(target=store.once, args=("k", make, CancelToken())) for _ in range(2)]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_cancelling_ends_it_between_frames_and_keeps_nothing() -> None:
    source, cancel, store = _source(*range(50)), CancelToken(), AnalysisStore()

    def stop(done: int, _all: int) -> None:
        if done == 3:
            cancel.cancel()

    with pytest.raises(Cancelled):
        store.shot(_Mean(), source, Shot(0, 49), cancel, progress=stop)
    assert store.held(_Mean(), source, Shot(0, 49)) is None


def test_whoever_waits_for_another_can_give_up_at_once() -> None:
    store, cancel, gate = AnalysisStore(), CancelToken(), threading.Event()

    def make() -> Arrays:
        gate.wait(10)
        return {"x": np.zeros(1)}

    other = threading.Thread(target=store.once, args=("k", make, CancelToken()))
    other.start()
    threading.Timer(0.1, cancel.cancel).start()
    started = time.monotonic()
    with pytest.raises(Cancelled):
        store.once("k", lambda: {"x": np.ones(1)}, cancel)
    waited = time.monotonic() - started
    gate.set()
    other.join()
    assert waited < 5


def test_the_oldest_leave_when_there_is_no_room(tmp_path: Path) -> None:
    store = AnalysisStore(tmp_path)
    for number in range(3):
        store.once(f"{number}{number}key", lambda: {"x": np.zeros(1000)}, CancelToken())
    store.trim(most=18_000)
    assert len(list(tmp_path.glob("*/*.npz"))) == 2
    store.trim(most=0)
    assert not list(tmp_path.glob("*/*.npz"))
