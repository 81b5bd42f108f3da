"""One gesture on one frame's mask: the coverage in work while it lasts, and the plane that comes out of it."""

from __future__ import annotations

from collections.abc import Callable

from app.mask_plane import Coverage, MaskPlane
from engines.paint import Dab, Point, fill_polygon, fill_rectangle, stroke_segment, united
from engines.types import Rect

Change = Callable[[Coverage], Rect | None]


class Stroke:
    """Paints into `coverage`, which the caller hands over; every method returns what changed."""

    def __init__(self, plane: MaskPlane, coverage: Coverage, *, erase: bool = False) -> None:
        self.plane, self.coverage, self.erase = plane, coverage, erase
        self.touched: Rect | None = None
        self.changes: list[Change] = []
        """What was done, to do it again on another frame."""

    def segment(self, start: Dab, end: Dab, hardness: float) -> Rect | None:
        return self.apply(lambda coverage: stroke_segment(coverage, start, end, hardness, erase=self.erase))

    def polygon(self, points: tuple[Point, ...]) -> Rect | None:
        return self.apply(lambda coverage: fill_polygon(coverage, points, erase=self.erase))

    def rectangle(self, corner: Point, opposite: Point) -> Rect | None:
        return self.apply(lambda coverage: fill_rectangle(coverage, corner, opposite, erase=self.erase))

    def apply(self, change: Change) -> Rect | None:
        box = change(self.coverage)
        self.changes.append(change)
        self.touched = united(self.touched, box)
        return box

    def finished(self) -> MaskPlane:
        """The plane with the touched tiles replaced; all others are shared with the plane before."""
        if self.touched is None:
            return self.plane
        box = self.touched
        return self.plane.replaced(self.coverage[box.y : box.bottom, box.x : box.right], box)
