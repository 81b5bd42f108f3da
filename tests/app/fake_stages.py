"""Stages for tests: one that must have its shot analysed, one that finds damage; their answers are known."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from engines.analysis.curves import Curve
from engines.analysis.shot_analysis import Arrays, ShotAnalysis
from engines.detect.proposals import Detections, Proposal
from engines.detect.shots import Shot
from engines.marks import Marks
from engines.media.source import ClipInfo
from engines.stages.base import Geometry, Rendered, Stage, StageContext, StageType, Upstream
from engines.stages.catalogue import STAGES
from engines.stages.settings import setting
from engines.types import Frame, FrameNo, Rect


class Pace:
    """How slowly the fakes work: frames wait for `go`, and are counted."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.go.set()
        self.seconds = 0.0
        self.fed: list[FrameNo] = []

    def step(self, number: FrameNo) -> None:
        self.go.wait(20)
        time.sleep(self.seconds)
        self.fed.append(number)


PACE = Pace()


@dataclass(frozen=True)
class Level(ShotAnalysis):
    """Mean code value of each frame."""

    name = "level"
    version = 1

    def key(self) -> str:
        return ""

    def begin(self, info: ClipInfo, shot: Shot) -> _LevelPass:
        return _LevelPass()


class _LevelPass:
    def __init__(self) -> None:
        self._means: list[float] = []

    def feed(self, number: FrameNo, frame: Frame) -> None:
        PACE.step(number)
        self._means.append(float(frame.planes[0].mean()))

    def finish(self) -> Arrays:
        return {"means": np.asarray(self._means)}


@dataclass(frozen=True)
class EvenSettings:
    """strength: 0..1."""

    strength: float = setting(1.0, "Strength", "How much.", low=0, high=1)
    region: str = setting("", "Region", "Only what is in it counts.", draws="rect", rare=True)
    keys: str = setting("", "Strength over time", "The strength at some frames; between them it moves.", keyed=True)


class Even(Stage):
    """Adds to every frame what it lacks to the shot's mean."""

    name = "even"
    version = 1

    def __init__(self, settings: EvenSettings) -> None:
        self.settings = settings

    def output(self, geometry: Geometry) -> Geometry:
        return geometry

    def needs(self, number: FrameNo) -> tuple[ShotAnalysis, ...]:
        return (Level(),)

    def key(self) -> str:
        return f"even {self.settings}"

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        below, found = upstream.frame(number, region), upstream.analysed(number, Level())
        if found is None:
            return below
        step = np.float32(found["means"].mean() - found["means"][number - upstream.shot(number).first])
        planes = [plane.astype(np.float32) for plane in below.frame.planes]
        planes[0] = planes[0] + np.round(step + 7)
        return Rendered(below.frame.with_planes(tuple(planes)), below.provenance)


def even_curves(settings: EvenSettings, arrays: Arrays) -> tuple[Curve, ...]:
    means = arrays["means"]
    return (Curve("Mean level", "%", means / 2.55, means * (1 - settings.strength) / 2.55),)


@dataclass(frozen=True)
class SpecksSettings:
    """confidence: from which on a speck counts."""

    confidence: float = setting(0.5, "Confidence", "From which on a proposal is repaired.", low=0, high=1)


class Specks(Stage):
    """Finds two squares in every even frame: one at (10, 10), sure; one at (40, 20), less so."""

    name = "specks"
    version = 1

    def __init__(self, settings: SpecksSettings) -> None:
        self.settings = settings

    def output(self, geometry: Geometry) -> Geometry:
        return geometry

    @property
    def marks_only(self) -> bool:
        return True

    def finds(self, first: FrameNo, last: FrameNo) -> bool:
        return True

    def key(self) -> str:
        return f"specks {self.settings}"

    def detections(self, number: FrameNo, upstream: Upstream) -> Detections:
        return Detections.unpacked(upstream.stored(number, "specks", lambda: self._found(number, upstream).packed()))

    def _found(self, number: FrameNo, upstream: Upstream) -> Detections:
        PACE.step(number)
        labels = np.zeros((upstream.geometry.height, upstream.geometry.width), np.int32)
        if number % 2:
            return Detections(labels, ())
        labels[10:14, 10:14], labels[20:26, 40:46] = 1, 2
        sure = Proposal(number, "dirt", Rect(10, 10, 4, 4), 16, 0.9, "bright")
        return Detections(labels, (sure, Proposal(number, "dirt", Rect(40, 20, 6, 6), 36, 0.3, "dark")))

    def marks(self, number: FrameNo, upstream: Upstream) -> Marks:
        return upstream.marks(number).found(self.detections(number, upstream).coverage(self.settings.confidence))

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        return upstream.frame(number, region)


def _even(settings: EvenSettings, _context: StageContext) -> Stage:
    return Even(settings)


def _specks(settings: SpecksSettings, _context: StageContext) -> Stage:
    return Specks(settings)


EVEN = StageType("even", "Evens frames out.", EvenSettings, _even, curves=even_curves)
SPECKS = StageType("specks", "Finds squares.", SpecksSettings, _specks)


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pace]:
    """Both stages known, at full pace."""
    for kind in (EVEN, SPECKS):
        monkeypatch.setitem(STAGES, kind.name, kind)
    PACE.go.set()
    PACE.seconds = 0.0
    PACE.fed.clear()
    yield PACE
    PACE.go.set()
