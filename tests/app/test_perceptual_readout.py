"""The slider's perceptual figure: of the middle of the frame, by whatever measure is found, and why there is none."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from app import perceptual_readout
from app.perceptual_readout import PerceptualReadout
from engines.errors import ModelError
from engines.metrics.perceptual import PerceptualMeter, Search
from engines.types import ColourSpec, Frame, PixelFormat


def _grey(level: int, width: int = 100, height: int = 80) -> Frame:
    return Frame((np.full((height, width), level, np.uint8),), PixelFormat("gray", 8), ColourSpec("pc"))


def _find(monkeypatch: pytest.MonkeyPatch, *found: Search | ModelError) -> list[int]:
    asked: list[int] = []

    def find() -> Search:
        answer = found[min(len(asked), len(found) - 1)]
        asked.append(1)
        if isinstance(answer, ModelError):
            raise answer
        return answer

    monkeypatch.setattr(perceptual_readout, "find_perceptual", find)
    return asked


def test_the_network_is_looked_for_once_and_figures_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _find(monkeypatch, Search(PerceptualMeter("mean", lambda a, b: (a - b).abs().mean()), ""))
    readout = PerceptualReadout()
    assert (asked, readout.name) == ([], "")
    readout.measure("one", _grey(10), _grey(15))
    readout.measure("two", _grey(10), _grey(10))
    assert len(asked) == 1
    assert (readout.known("one"), readout.known("two"), readout.known("three")) == (5.0, 0.0, None)
    assert (readout.name, readout.why) == ("mean", "")


def test_only_the_middle_of_a_large_frame_is_measured_and_the_name_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[torch.Size] = []

    def compare(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        sizes.append(a.shape)
        return (a - b).abs().mean()

    _find(monkeypatch, Search(PerceptualMeter("mean", compare), ""))
    readout = PerceptualReadout()
    readout.measure("one", _grey(10, 1920, 400), _grey(12, 1920, 400))
    assert sizes == [(1, 3, 384, 384)]
    assert readout.name == "mean, centre 384 x 384"


def test_why_there_is_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    readout = PerceptualReadout()
    _find(monkeypatch, Search(None, "No backbone."))
    readout.measure("one", _grey(1), _grey(2))
    assert (readout.known("one"), readout.why, readout.name) == (None, "No backbone.", "")
    broken = PerceptualReadout()
    asked = _find(monkeypatch, ModelError("The backbone cannot be read.", "Fetch it again."))
    for _ in range(2):
        broken.measure("one", _grey(1), _grey(2))
        assert broken.why == "The backbone cannot be read. Fetch it again."
    assert len(asked) == 1
    small = PerceptualReadout()
    _find(monkeypatch, Search(PerceptualMeter("mean", lambda a, b: (a - b).abs().mean()), ""))
    small.measure("one", _grey(1, 40, 40), _grey(2, 40, 40))
    assert "at least 64x64" in small.why
