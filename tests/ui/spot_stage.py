"""A stage whose settings are spots in the picture; it hands every pixel through."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from engines.stages.base import Geometry, Rendered, Stage, StageContext, StageType, Upstream
from engines.stages.catalogue import STAGES
from engines.stages.settings import setting
from engines.types import FrameNo, Rect


@dataclass(frozen=True)
class SpotSettings:
    """neutral, skin: spots."""

    neutral: str = setting("", "Neutral", "Spots that were grey.", draws="points")
    skin: str = setting("", "Skin", "Spots of skin.", draws="points")


class Spots(Stage):
    name = "spots"
    version = 1

    def __init__(self, settings: SpotSettings) -> None:
        self.settings = settings

    def output(self, geometry: Geometry) -> Geometry:
        return geometry

    def key(self) -> str:
        return f"spots {self.settings}"

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        return upstream.frame(number, region)


def _made(settings: SpotSettings, _context: StageContext) -> Stage:
    return Spots(settings)


@pytest.fixture
def spot_stage(monkeypatch: pytest.MonkeyPatch) -> str:
    """Its name; known while the test runs."""
    monkeypatch.setitem(STAGES, "spots", StageType("spots", "Takes spots.", SpotSettings, _made))
    return "spots"
