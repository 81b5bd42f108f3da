"""Measurements of treated clips, in a thread, as the window asks for them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.document import ClipWork, Media, ShotWork, StageUse
from app.measure import MeasureRequest, opened
from app.measure_job import MeasureJob, Summary
from engines.cancel import CancelToken
from engines.errors import MediaError
from engines.media.open import open_source
from engines.metrics.measures import chosen
from engines.metrics.score import FrameScore
from tests.clips import write_clip


@pytest.fixture
def job(qtbot: QtBot) -> Iterator[MeasureJob]:
    made = MeasureJob()
    yield made
    made.close()


def _clip(path: Path, *stages: StageUse, frames: int = 6) -> ClipWork:
    info = open_source(write_clip(path, frames=frames)).info
    media = Media(path, info.fingerprint, info.width, info.height, frames, info.rate)
    return ClipWork("c1", media, (ShotWork(0, stages=stages),), True)


def test_an_untreated_clip_equals_its_source(tmp_path: Path, qtbot: QtBot, job: MeasureJob) -> None:
    request = MeasureRequest(_clip(tmp_path / "a.mkv"), (1, 4), ("psnr_y", "blockiness"))
    every: list[FrameScore] = []
    job.scored.connect(lambda _, one: every.append(one))
    with qtbot.waitSignal(job.finished) as caught:
        job.start(request)
    summary = caught.args[1]
    assert isinstance(summary, Summary)
    assert [one.frame for one in every] == [1, 2, 3, 4]
    assert summary.mean.values["psnr_y"] == math.inf
    assert summary.worst["psnr_y"] == (1, math.inf)
    assert every[0].own["blockiness"] == every[0].values["blockiness"]
    assert not summary.stopped


def test_an_enlarged_clip_is_compared_with_its_enlarged_source(tmp_path: Path, qtbot: QtBot, job: MeasureJob) -> None:
    detail = StageUse("detail", settings={"scale": "2"})
    request = MeasureRequest(_clip(tmp_path / "a.mkv", detail, frames=2), (0, 0), ("psnr_y",))
    notes: list[str] = []
    job.noted.connect(lambda _, text: notes.append(text))
    with qtbot.waitSignal(job.finished) as caught:
        job.start(request)
    assert "enlarged 2 times" in notes[0]
    assert 15 < caught.args[1].mean.values["psnr_y"] < 60


def test_a_truth_must_fit(tmp_path: Path) -> None:
    clip = _clip(tmp_path / "a.mkv")
    small, short = write_clip(tmp_path / "small.mkv", width=48), write_clip(tmp_path / "short.mkv", frames=3)
    for truth, sentence in ((small, "48x"), (short, "3 frames")):
        request = MeasureRequest(clip, (0, 5), ("psnr_y",), truth)
        with pytest.raises(MediaError, match=sentence), opened(request, CancelToken()):
            pass
    with opened(MeasureRequest(clip, (1, 3), ("psnr_y",), short), CancelToken()) as (pairs, _):
        assert list(pairs.frames) == [1, 2, 3]
        assert pairs.theirs(3).width == clip.media.width


def test_what_fails_is_said(tmp_path: Path, qtbot: QtBot, job: MeasureJob) -> None:
    request = MeasureRequest(_clip(tmp_path / "a.mkv"), (0, 1), ("psnr_y",), tmp_path / "nowhere.mkv")
    with qtbot.waitSignal(job.failed) as caught:
        job.start(request)
    assert "nowhere.mkv" in caught.args[1].sentence


def test_a_cancelled_measurement_keeps_what_it_has(tmp_path: Path, qtbot: QtBot, job: MeasureJob) -> None:
    request = MeasureRequest(_clip(tmp_path / "a.mkv", frames=60), (0, 59), ("psnr_y", "patches"))
    job.scored.connect(job.cancel)
    with qtbot.waitSignal(job.finished) as caught:
        job.start(request)
    assert caught.args[1].stopped
    assert 1 <= caught.args[1].mean.frames < 60


def test_the_table(tmp_path: Path, qtbot: QtBot, job: MeasureJob) -> None:
    scores = [
        FrameScore(3, {"psnr_y": math.inf, "blockiness": 1.5}, {"blockiness": 1.25}),
        FrameScore(4, {"psnr_y": None, "blockiness": 1.0}, {"blockiness": None}),
    ]
    with qtbot.waitSignal(job.written):
        job.export(tmp_path / "a.csv", scores, chosen(["psnr_y", "blockiness"]))
    assert (tmp_path / "a.csv").read_text() == (
        "frame,psnr_y,blockiness,blockiness_reference\n3,inf,1.5,1.25\n4,,1.0,\n"
    )
    with qtbot.waitSignal(job.not_written) as caught:
        job.export(tmp_path / "no" / "a.csv", scores, chosen(["psnr_y"]))
    assert "could not be written" in caught.args[0].sentence
