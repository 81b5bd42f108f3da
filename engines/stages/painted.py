"""Stage `painted`: what people painted on the source becomes marks, which stages after it move and repair."""

from __future__ import annotations

from engines.marks import NO_MARKS, Marks
from engines.masks import Coverage, NoMasks, fitted
from engines.stages.base import Geometry, MaskSource, Rendered, Stage, Upstream
from engines.types import FrameNo, Rect

NAME = "painted"


class Painted(Stage):
    """The first stage of every chain that has paint; pixels pass through it. Masks have the source's size."""

    name = NAME
    version = 1

    def __init__(self, damage: MaskSource, protect: MaskSource | None = None) -> None:
        self._damage = damage
        self._protect = protect or NoMasks()
        self._numbers = frozenset(damage.numbers())

    @property
    def anything(self) -> bool:
        """Whether any frame has paint."""
        return bool(self._numbers) or bool(self._protect.numbers())

    def output(self, geometry: Geometry) -> Geometry:
        return geometry

    @property
    def masked(self) -> bool:
        return True

    @property
    def marks_only(self) -> bool:
        return True

    def key(self) -> str:
        return f"{NAME} {self.version}"

    def frame_key(self, number: FrameNo) -> str:
        keys = (self._damage.key(number), self._protect.key(number))
        return " ".join(keys) if any(keys) else ""

    def finds(self, first: FrameNo, last: FrameNo) -> bool:
        return any(first <= number <= last for number in self._numbers)

    def marks(self, number: FrameNo, upstream: Upstream) -> Marks:
        """Raises MaskError."""
        damage, protected = (_sized(masks.coverage(number), upstream) for masks in (self._damage, self._protect))
        if damage is None and protected is None:
            return NO_MARKS
        return Marks(damage, None if protected is None else protected > 0)

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        return upstream.frame(number, region)


def _sized(coverage: Coverage | None, upstream: Upstream) -> Coverage | None:
    if coverage is None:
        return None
    return fitted(coverage, upstream.geometry.width, upstream.geometry.height, upstream.policy.reduction)
