"""Lasso, rectangle and line: previewed while they are drawn, painted when they are let go."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from app.stroke import Stroke
from app.view_state import ViewState
from engines.types import Rect
from ui.theme import colour
from ui.viewer.desk import Desk
from ui.viewer.paint_layers import LAYER_TOKENS
from ui.viewer.tools.base import Touch, dab, preview_pens
from ui.viewer.transform import Transform

_EIGHTH = math.pi / 4


class ShapeTool:
    """What the three have in common: the touches so far, and one stroke at the end."""

    def __init__(self, desk: Desk, state: ViewState) -> None:
        self._desk, self._state = desk, state
        self._touches: list[Touch] = []
        self._erase = False

    def press(self, touch: Touch, *, erase: bool) -> None:
        self._touches, self._erase = [touch], erase

    def move(self, touch: Touch) -> None:
        if self._touches:
            self._extend(touch)

    def release(self, touch: Touch) -> None:
        if not self._touches:
            return
        self._extend(touch)
        stroke = self._desk.begin(erase=self._erase)
        if stroke is not None:
            self._desk.changed(self._paint(stroke))
            self._desk.finish()
        self._touches = []

    def cancel(self) -> None:
        self._touches = []

    def draw(self, painter: QPainter, transform: Transform, ratio: float) -> None:
        if len(self._touches) > 1:
            points = [QPointF(*transform.to_device(touch.x, touch.y)) for touch in self._touches]
            for pen in preview_pens(ratio):
                painter.setPen(pen)
                self._outline(painter, points)

    def _extend(self, touch: Touch) -> None:
        self._touches = [self._touches[0], touch]

    def _outline(self, painter: QPainter, points: list[QPointF]) -> None:
        raise NotImplementedError

    def _paint(self, stroke: Stroke) -> Rect | None:
        raise NotImplementedError


class LassoTool(ShapeTool):
    """Fills what the way of the pointer encloses."""

    def _extend(self, touch: Touch) -> None:
        self._touches.append(touch)

    def _outline(self, painter: QPainter, points: list[QPointF]) -> None:
        painter.drawPolygon(QPolygonF(points))

    def _paint(self, stroke: Stroke) -> Rect | None:
        return stroke.polygon(tuple((touch.x, touch.y) for touch in self._touches))


class RectangleTool(ShapeTool):
    """Fills whole pixels between two corners; Shift makes a square."""

    def _extend(self, touch: Touch) -> None:
        first = self._touches[0]
        if touch.straight:
            side = max(abs(touch.x - first.x), abs(touch.y - first.y))
            x = first.x + math.copysign(side, touch.x - first.x)
            touch = Touch(x, first.y + math.copysign(side, touch.y - first.y))
        self._touches = [first, touch]

    def _outline(self, painter: QPainter, points: list[QPointF]) -> None:
        painter.drawRect(QRectF(points[0], points[-1]).normalized())

    def _paint(self, stroke: Stroke) -> Rect | None:
        first, last = self._touches[0], self._touches[-1]
        return stroke.rectangle((first.x, first.y), (last.x, last.y))


class LineTool(ShapeTool):
    """A straight stroke of the brush, for scratches; Shift holds it to multiples of 45 degrees."""

    def _extend(self, touch: Touch) -> None:
        first = self._touches[0]
        if touch.straight:
            angle = round(math.atan2(touch.y - first.y, touch.x - first.x) / _EIGHTH) * _EIGHTH
            length = math.hypot(touch.x - first.x, touch.y - first.y)
            touch = Touch(first.x + length * math.cos(angle), first.y + length * math.sin(angle), touch.pressure)
        self._touches = [first, touch]

    def draw(self, painter: QPainter, transform: Transform, ratio: float) -> None:
        if len(self._touches) > 1:
            width = self._state.brush_size * min(transform.scale_x, transform.scale_y)
            first, last = (QPointF(*transform.to_device(touch.x, touch.y)) for touch in self._touches)
            token = LAYER_TOKENS[self._state.layer]
            cap = Qt.PenCapStyle.RoundCap
            painter.setPen(QPen(colour(token, 0.5), max(width, ratio), Qt.PenStyle.SolidLine, cap))
            painter.drawLine(first, last)
        super().draw(painter, transform, ratio)

    def _outline(self, painter: QPainter, points: list[QPointF]) -> None:
        painter.drawLine(points[0], points[-1])

    def _paint(self, stroke: Stroke) -> Rect | None:
        first, last = (dab(touch, self._state.brush_size) for touch in (self._touches[0], self._touches[-1]))
        return stroke.segment(first, last, self._state.brush_hardness)
