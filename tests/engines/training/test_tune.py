from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engines.cancel import CancelToken
from engines.errors import Cancelled, ModelError, SettingError
from engines.models.weights import load_weights, save_weights
from engines.nets.fidelity import FidelityConfig
from engines.training import loop, tune
from engines.training.detail import DetailPair, DetailRecipe
from engines.training.tune import TuneOrder, tune_detail
from engines.training.tune_data import Footage, FootageItem
from engines.training.tune_score import is_better, scores
from tests.clips import moving_picture

_TINY = FidelityConfig(channels=8, blocks=1)


class _Clock:
    """Every look is a twentieth of a second later: runs have the same number of steps on every machine."""

    def __init__(self) -> None:
        self._now = 0.0

    def monotonic(self) -> float:
        self._now += 0.05
        return self._now


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small patches, judged on few crops, by a clock of their own."""
    clock = _Clock()
    monkeypatch.setattr(loop, "time", clock)
    monkeypatch.setattr(tune, "time", clock)
    monkeypatch.setattr(tune, "DetailRecipe", partial(DetailRecipe, patch=16, batch=4))
    monkeypatch.setattr(tune, "_RATE", 5e-3)
    monkeypatch.setattr(tune, "_LOOKS", 2)
    monkeypatch.setattr(tune, "_LOOK_CROPS", 2)
    monkeypatch.setattr(tune, "_TABLE_CROPS", 2)
    monkeypatch.setattr(tune, "general_pictures", lambda: _pictures(40, 42))


def _pictures(first: int, end: int) -> tuple[np.ndarray[Any, np.dtype[np.uint8]], ...]:
    return tuple((moving_picture(n, 128, 128) * 255).astype(np.uint8) for n in range(first, end))


def _footage() -> Footage:
    return Footage(_pictures(0, 8), _pictures(10, 12), "by hand", (FootageItem(Path("a.mkv"), "ab", 10),), ())


@pytest.fixture
def start(tmp_path: Path) -> Path:
    torch.manual_seed(1)
    path = tmp_path / "start.safetensors"
    save_weights(path, DetailPair(_TINY).state_dict(), {f"config.{k}": str(v) for k, v in asdict(_TINY).items()})
    return path


def test_an_untrained_network_gets_better_and_the_file_says_how(start: Path, tmp_path: Path) -> None:
    told: list[Mapping[str, Any]] = []
    done = tune_detail(TuneOrder(start, 0.05, tmp_path / "work"), _footage(), told.append, CancelToken())
    assert done.weights is not None
    assert {row.task for row in done.table} == {"x2", "x4", "noise x1", "codec x1", "mixed x2"}
    assert all(row.change > -0.006 for row in done.table)
    assert sum(row.change for row in done.table) > 0.1
    held = load_weights(done.weights)
    assert held.statement["from"] == load_weights(start).sha256
    assert held.sha256 == done.sha256
    assert held.tensors.keys() == load_weights(start).tensors.keys()
    assert {event["event"] for event in told} == {"tuning", "figures"}


def test_nothing_is_written_where_nothing_got_better(
    start: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tune, "step_loss", lambda pair, *_: -sum(p.square().sum() for p in pair.parameters()))
    done = tune_detail(TuneOrder(start, 0.02, tmp_path / "work"), _footage(), lambda _: None, CancelToken())
    assert done.weights is None
    assert done.share == 0.0
    assert all(row.change == 0.0 for row in done.table)
    assert not list((tmp_path / "work").glob("tuned*"))


def test_a_stopped_run_goes_on_where_it_was(start: Path, tmp_path: Path) -> None:
    cancel, work = CancelToken(), tmp_path / "work"

    def stop(event: Mapping[str, Any]) -> None:
        if event["event"] == "figures":
            cancel.cancel()

    with pytest.raises(Cancelled):
        tune_detail(TuneOrder(start, 0.05, work), _footage(), stop, cancel)
    first = torch.load(work / "checkpoint.pt", weights_only=True)["step"]
    assert first > 0
    done = tune_detail(TuneOrder(start, 0.05, work, resume=True), _footage(), lambda _: None, CancelToken())
    assert done.steps > first


def test_a_checkpoint_of_other_footage_is_refused(start: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    tune_detail(TuneOrder(start, 0.01, work), _footage(), lambda _: None, CancelToken())
    other = Footage(_pictures(0, 8), _pictures(10, 12), "by hand", (FootageItem(Path("b.mkv"), "cd", 10),), ())
    with pytest.raises(SettingError, match="other footage"):
        tune_detail(TuneOrder(start, 0.01, work, resume=True), other, lambda _: None, CancelToken())


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_weights(path, {"a": torch.zeros(2)}, {})
    with pytest.raises(ModelError, match="holds no detail networks"):
        tune_detail(TuneOrder(path, 1, tmp_path / "work"), _footage(), lambda _: None, CancelToken())


def test_a_row_that_falls_is_no_improvement() -> None:
    before = {"x2": 30.0, "x4": 25.0}
    assert is_better(before, {"x2": 30.5, "x4": 25.0})
    assert is_better(before, {"x2": 31.0, "x4": 24.9})
    assert not is_better(before, {"x2": 31.0, "x4": 24.6})
    assert not is_better(before, {"x2": 30.01, "x4": 25.01})


def test_scores_are_the_same_for_the_same_seed() -> None:
    pictures = _pictures(0, 3)
    assert scores(None, pictures, 3, 5) == scores(None, pictures, 3, 5)
