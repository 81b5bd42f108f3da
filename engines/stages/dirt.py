"""Stage `dirt`: finds specks, hairs and stains that are in one frame only, and marks them for `inpaint`."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace

import numpy as np

from engines.analysis.propose_dirt import propose_dirt
from engines.detect.proposals import Detections
from engines.dirt.compensate import Picture
from engines.dirt.find import Wanted, find
from engines.dirt.look import evidence_for, picture_of
from engines.dirt.neighbours import REACH
from engines.marks import Marks
from engines.models.registry import load_blotch
from engines.stages.base import Geometry, Rendered, Stage, StageContext, StageType, Upstream
from engines.stages.settings import check_settings, setting
from engines.types import FrameNo, Rect

NAME = "dirt"


@dataclass(frozen=True)
class DirtSettings:
    """What is looked for, and how sure it must be."""

    confidence: float = setting(
        0.7, "Confidence", "Marks what is dirt with at least this probability; lower finds more.", low=0.0, high=1.0
    )
    polarity: str = setting(
        "both", "Polarity", "Bright specks, dark ones, or both.", choices=("both", "bright", "dark")
    )
    smallest: int = setting(
        1, "Smallest", "Leaves alone what is smaller than this, across.", low=1, high=64, unit="px", rare=True
    )
    largest: int = setting(
        400, "Largest", "Leaves alone what is larger than this, across.", low=1, high=4096, unit="px", rare=True
    )
    grow: int = setting(
        0, "Grow", "Widens every mark, where soft edges remain after repair.", low=0, high=16, unit="px"
    )
    protect: bool = setting(
        True, "Protect", "Is less sure where much flickers: sparkling water, rain, fast small objects.", rare=True
    )


class Dirt(Stage):
    """Hands every pixel through; its marks are the detections that are sure enough."""

    name = NAME
    version = 2

    def __init__(self, settings: DirtSettings) -> None:
        """Raises SettingError."""
        check_settings(NAME, settings)
        self.settings = settings

    def output(self, geometry: Geometry) -> Geometry:
        return geometry

    @property
    def reach(self) -> int:
        return REACH

    @property
    def marks_only(self) -> bool:
        return True

    def finds(self, first: FrameNo, last: FrameNo) -> bool:  # noqa: ARG002 - any frame may be dirty
        return True

    def key(self) -> str:
        """Raises ModelError."""
        return f"{NAME} {self.version} {astuple(self.settings)} {load_blotch().sha256}"

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        return upstream.frame(number, region)

    def marks(self, number: FrameNo, upstream: Upstream) -> Marks:
        """Raises FrameError, MaskError, ModelError, Cancelled."""
        return upstream.marks(number).found(self.detections(number, upstream).coverage(self.settings.confidence))

    def detections(self, number: FrameNo, upstream: Upstream) -> Detections:
        """What it found in frame `number`, sure or not. Raises FrameError, ModelError, Cancelled."""
        # How sure a detection must be does not decide what is found.
        wanted = astuple(replace(self.settings, confidence=0.0))
        key = f"{NAME} {self.version} {wanted} {load_blotch().sha256}"
        return upstream.kept(
            ("found", number, key),
            lambda: Detections.unpacked(upstream.stored(number, key, lambda: self._found(number, upstream).packed())),
        )

    def _found(self, number: FrameNo, upstream: Upstream) -> Detections:
        evidence = evidence_for(number, upstream.shot(number), _Above(upstream))
        upstream.cancel.check()
        if evidence is None:
            geometry = upstream.geometry
            return Detections(np.zeros((geometry.height, geometry.width), np.int32), ())
        # Sizes are meant in pixels of the source.
        s, shrink = self.settings, upstream.policy.reduction
        wanted = Wanted(s.polarity, s.smallest / shrink, s.largest / shrink, -(-s.grow // shrink), s.protect)
        return find(number, evidence, load_blotch(), wanted)


class _Above:
    """What is before the stage, as `Frames`."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self.kept = upstream.kept
        self.note = upstream.note

    def picture(self, number: FrameNo) -> Picture:
        return self.kept(("luma", number), lambda: picture_of(self._upstream.frame(number).frame))


def _make(settings: DirtSettings, context: StageContext) -> Dirt:  # noqa: ARG001 - the type's
    return Dirt(settings)


DIRT = StageType(
    NAME,
    "Finds specks, hairs and stains that are in one frame only, for inpaint to repair.",
    DirtSettings,
    _make,
    propose=propose_dirt,
)
