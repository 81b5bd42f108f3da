"""One place in the chain, treated otherwise in every shot: each frame goes to the variant of its shot."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Mapping

from engines.errors import SettingError
from engines.stages.base import Geometry, Rendered, Stage, Upstream
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
        self._used = used

    def variant(self, number: FrameNo) -> Stage | None:
        """What treats frame `number`."""
        return self.variants[self._starts[bisect_right(self._starts, number) - 1]]

    def output(self, geometry: Geometry) -> Geometry:
        sizes = [geometry if v is None else v.output(geometry) for v in self.variants.values()]
        for start, size in zip(self._starts, sizes, strict=True):
            if size != sizes[0]:
                raise SettingError(
                    f"Stage {self.name} makes pictures of {size.width}x{size.height} from frame {start} on, "
                    f"but of {sizes[0].width}x{sizes[0].height} before: one master holds one size.",
                    "Give all shots the same scale.",
                )
        return sizes[0]

    @property
    def reach(self) -> int:
        return max(stage.reach for stage in self._used)

    @property
    def measures_shot(self) -> bool:
        return any(stage.measures_shot for stage in self._used)

    def key(self) -> str:
        text = [f"{start} {'' if v is None else v.key()}" for start, v in self.variants.items()]
        return hashlib.sha256("\n".join(text).encode()).hexdigest()

    def frame_key(self, number: FrameNo) -> str:
        variant = self.variant(number)
        return "" if variant is None else variant.frame_key(number)

    def range_key(self, first: FrameNo, last: FrameNo) -> str:
        """Of the variants in the range only: editing one shot leaves the keys of all others as they were."""
        parts = []
        for start, end in zip(self._starts, (*self._starts[1:], last + 1), strict=True):
            low, high = max(start, first), min(end - 1, last)
            if low <= high:
                variant = self.variants[start]
                parts.append("" if variant is None else variant.range_key(low, high))
        return "".join(parts)

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        variant = self.variant(number)
        return upstream.frame(number, region) if variant is None else variant.render(number, region, upstream)
