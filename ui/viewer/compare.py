"""What each compare mode shows where: panes and the kinds of picture in them, and the geometry of the wipe edge."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPolygonF

from app.pictures import Kind
from ui.viewer.transform import Transform

Size = tuple[int, int]

_ALONE: dict[str, Kind] = {
    "source": "source",
    "restored": "restored",
    "difference": "difference",
    "provenance": "provenance",
}
_PAIR: tuple[Kind, Kind] = ("source", "restored")


@dataclass(frozen=True)
class Pane:
    """A part of the canvas, in device pixels, and what it shows. All panes of a layout have the same size."""

    x: int
    width: int
    height: int
    kinds: tuple[Kind, ...]


def panes(mode: str, canvas: Size, *, second: bool = False, gap: int = 0) -> tuple[Pane, ...]:
    """The panes of a mode. `second`: which of its two pictures blink shows now."""
    width, height = canvas
    if mode == "side":
        half = max((width - gap) // 2, 1)
        return Pane(0, half, height, (_PAIR[0],)), Pane(width - half, half, height, (_PAIR[1],))
    if mode == "wipe":
        return (Pane(0, width, height, _PAIR),)
    if mode == "blink":
        return (Pane(0, width, height, (_PAIR[int(second)],)),)
    return (Pane(0, width, height, (_ALONE[mode],)),)


def kinds(mode: str) -> tuple[Kind, ...]:
    """Every kind of picture that a mode needs."""
    return _PAIR if mode in ("wipe", "side", "blink") else (_ALONE[mode],)


@dataclass(frozen=True)
class Wipe:
    """The edge between source and restored. x, y: a point of it as shares of the picture; angle: of its normal."""

    x: float = 0.5
    y: float = 0.5
    angle: float = 0.0

    def normal(self) -> tuple[float, float]:
        return math.cos(self.angle), math.sin(self.angle)

    def point(self, now: Transform) -> tuple[float, float]:
        """The handle, in device pixels of the pane."""
        return now.to_device(self.x * now.width, self.y * now.height)

    def distance(self, x: float, y: float, now: Transform) -> float:
        """Device pixels from the edge to a point, positive on the restored side."""
        px, py = self.point(now)
        nx, ny = self.normal()
        return (x - px) * nx + (y - py) * ny

    def along(self, x: float, y: float, now: Transform) -> float:
        """Device pixels from the handle to a point, measured along the edge."""
        px, py = self.point(now)
        nx, ny = self.normal()
        return (y - py) * nx - (x - px) * ny

    def moved(self, dx: float, dy: float, now: Transform) -> Wipe:
        """Dragged by device pixels."""
        x = self.x + dx / (now.width * now.scale_x)
        y = self.y + dy / (now.height * now.scale_y)
        return replace(self, x=min(max(x, 0.0), 1.0), y=min(max(y, 0.0), 1.0))

    def turned(self, start: tuple[float, float], end: tuple[float, float], now: Transform) -> Wipe:
        """Rotated about its handle, as a drag from one device point to another does."""
        px, py = self.point(now)
        before = math.atan2(start[1] - py, start[0] - px)
        after = math.atan2(end[1] - py, end[0] - px)
        return replace(self, angle=math.remainder(self.angle + after - before, math.tau))

    def ends(self, area: QRectF, now: Transform) -> tuple[QPointF, QPointF]:
        """The edge as far as it crosses `area` (device pixels of the pane)."""
        px, py = self.point(now)
        nx, ny = self.normal()
        reach = [(-math.inf, math.inf)]
        for start, step, low, high in (
            (px, -ny, area.left(), area.right()),
            (py, nx, area.top(), area.bottom()),
        ):
            if abs(step) > 1e-9:
                reach.append(
                    (min((low - start) / step, (high - start) / step), max((low - start) / step, (high - start) / step))
                )
        first, last = max(low for low, _ in reach), min(high for _, high in reach)
        return QPointF(px - ny * first, py + nx * first), QPointF(px - ny * last, py + nx * last)

    def restored_side(self, area: QRectF, now: Transform) -> QPolygonF:
        """A polygon that holds all of `area` beyond the edge."""
        px, py = self.point(now)
        nx, ny = self.normal()
        far = 2 * (abs(area.width()) + abs(area.height()) + abs(px) + abs(py) + 1)
        corners = ((-ny * far, nx * far), (ny * far, -nx * far))
        (ax, ay), (bx, by) = corners
        beyond = (nx * far, ny * far)
        return QPolygonF(
            [
                QPointF(px + ax, py + ay),
                QPointF(px + bx, py + by),
                QPointF(px + bx + beyond[0], py + by + beyond[1]),
                QPointF(px + ax + beyond[0], py + ay + beyond[1]),
            ]
        )
