"""One place in the chain, treated otherwise in every shot: each frame goes to the variant of its shot."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

import numpy as np

from engines.analysis.shot_analysis import ShotAnalysis
from engines.colour.places import Map
from engines.detect.proposals import Detections
from engines.errors import SettingError
from engines.marks import Marks
from engines.stages.base import Detector, Geometry, Mapper, Rendered, Stage, Upstream
from engines.types import FrameNo, Rect


def per_shot(variants: Mapping[FrameNo, Stage | None]) -> Stage | None:
    """The stage for shots that start at the given frames; None where no shot uses it.

    Shots that agree get the plain stage itself.
    """
    found = list(variants.values())
    if all(stage is None for stage in found):
        return None
    if found[0] is not None and all(stage is not None and stage.key() == found[0].key() for stage in found):
        return found[0]
    return PerShot(variants)


class PerShot(Stage):
    """Holds a stage for every shot, by the shot's first frame; None hands the shot through."""

    def __init__(self, variants: Mapping[FrameNo, Stage | None]) -> None:
        self.variants = dict(sorted(variants.items()))
        self._starts = tuple(self.variants)
        used = [stage for stage in self.variants.values() if stage is not None]
        if not used or self._starts[0] != 0:
            raise ValueError("shots must begin at frame 0, and one at least must be treated")
        self.name, self.version = used[0].name, used[0].version
        self._reach = max(stage.reach for stage in used)
        self._measures_shot = any(stage.measures_shot for stage in used)
        # Hundreds of shots share a few stages: each is asked once, at the first shot that has it.
        first = {id(v): start for start, v in reversed(self.variants.items())}
        self._kinds = [(start, self.variants[start]) for start in sorted(first.values())]

    def variant(self, number: FrameNo) -> Stage | None:
        """What treats frame `number`."""
        return self.variants[self._starts[bisect_right(self._starts, number) - 1]]

    def output(self, geometry: Geometry) -> Geometry:
        sizes = [(start, geometry if v is None else v.output(geometry)) for start, v in self._kinds]
        first = sizes[0][1]
        for start, size in sizes:
            if size != first:
                raise SettingError(
                    f"Stage {self.name} makes pictures of {size.width}x{size.height} from frame {start} on, "
                    f"but of {first.width}x{first.height} before: one master holds one size.",
                    "Give all shots the same scale.",
                )
        return first

    @property
    def reach(self) -> int:
        return self._reach

    @property
    def measures_shot(self) -> bool:
        return self._measures_shot

    @property
    def masked(self) -> bool:
        return all(v.masked for _, v in self._kinds if v is not None)

    @property
    def marks_only(self) -> bool:
        return all(v.marks_only for _, v in self._kinds if v is not None)

    @property
    def alone(self) -> bool:
        return any(v.alone for _, v in self._kinds if v is not None)

    @property
    def geometric(self) -> bool:
        return any(v.geometric for _, v in self._kinds if v is not None)

    @property
    def pointwise(self) -> bool:
        return all(v.pointwise for _, v in self._kinds if v is not None)

    @property
    def maps(self) -> bool:
        return all(v.maps for _, v in self._kinds if v is not None)

    def point_map(self, number: FrameNo, upstream: Upstream) -> Map | None:
        """Of the shot's own stage, where all of them are mappers."""
        variant = self.variant(number)
        if isinstance(variant, Mapper):
            return variant.point_map(number, upstream)
        return None

    def finds(self, first: FrameNo, last: FrameNo) -> bool:
        touched = self._starts[bisect_right(self._starts, first) - 1 : bisect_right(self._starts, last)]
        variants = (self.variants[start] for start in touched)
        return any(v is not None and v.finds(first, last) for v in variants)

    def needs(self, number: FrameNo) -> tuple[ShotAnalysis, ...]:
        variant = self.variant(number)
        return () if variant is None else variant.needs(number)

    def marks(self, number: FrameNo, upstream: Upstream) -> Marks:
        variant = self.variant(number)
        return upstream.marks(number) if variant is None else variant.marks(number, upstream)

    def detections(self, number: FrameNo, upstream: Upstream) -> Detections:
        """Of the shot's own detector; nothing where the shot has none. Raises FrameError, Cancelled."""
        variant = self.variant(number)
        if isinstance(variant, Detector):
            return variant.detections(number, upstream)
        size = upstream.geometry
        return Detections(np.zeros((size.height, size.width), np.int32), ())

    @property
    def invents(self) -> str:
        return next((v.invents for _, v in self._kinds if v is not None and v.invents), "")

    @property
    def varies(self) -> str:
        return next((v.varies for _, v in self._kinds if v is not None and v.varies), "")

    def applied(self, number: FrameNo, upstream: Upstream) -> Mapping[str, Any] | None:
        variant = self.variant(number)
        return None if variant is None else variant.applied(number, upstream)

    def key(self) -> str:
        text = [f"{start} {'' if v is None else v.key()}" for start, v in self.variants.items()]
        return hashlib.sha256("\n".join(text).encode()).hexdigest()

    def frame_key(self, number: FrameNo) -> str:
        variant = self.variant(number)
        return "" if variant is None else variant.frame_key(number)

    def range_key(self, first: FrameNo, last: FrameNo, marked: bool = False) -> str:
        """Of the variants in the range only: editing one shot leaves the keys of all others as they were."""
        touched = self._starts[bisect_right(self._starts, first) - 1 : bisect_right(self._starts, last)]
        parts = []
        for start, following in zip(touched, (*touched[1:], last + 1), strict=True):
            variant = self.variants[start]
            if variant is not None:
                parts.append(variant.range_key(max(start, first), following - 1, marked))
        return "".join(parts)

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        variant = self.variant(number)
        return upstream.frame(number, region) if variant is None else variant.render(number, region, upstream)
