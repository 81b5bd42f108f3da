"""The pad on which a curve is bent: points are dragged, added and removed, by mouse and by keys."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from engines.grade.curve import Curve
from engines.stages.setting_texts import CURVE_STEP
from ui.key_guard import KEEPS
from ui.theme import T, colour

Point = tuple[float, float]

ENDS: tuple[Point, ...] = ((0.0, 0.0), (1.0, 1.0))
"""The straight line."""

_HEIGHT, _EDGE = 148, 9
_GRAB = 9.0
"""Pixels around a point in which it is taken."""
_RADIUS = 4.0
_PARTS = 4
_FINE, _COARSE = 0.005, 0.05
"""What an arrow key moves a point by, and with Shift."""
_DIGITS = 3
_ARROWS = ("Left", "Right", "Up", "Down")
_KEYS = (*_ARROWS, *(f"Shift+{arrow}" for arrow in _ARROWS), "PgUp", "PgDown", "Ins", "Del", "Backspace")


class CurvePad(QWidget):
    """`Curve` through points of 0..1. What is dragged is `started`, any number of `changed`, `finished`, and so are a
    new point and one removed; a key that moves a point sends `changed` alone. `show_points` sends nothing.
    """

    started = Signal()
    changed = Signal()
    finished = Signal()

    def __init__(self, name: str, token: str = "text", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._token = token
        self._points: list[Point] = list(ENDS)
        self._chosen = 0
        self._held = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setProperty(KEEPS, list(_KEYS))
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(name)
        self.setToolTip(
            f"{name}\n"
            + self.tr("Drag a point. Double-click adds one, Delete takes the chosen one away.")
            + "\n"
            + self.tr("Keys: arrows move it (Shift: further), Page Up and Page Down choose, Insert adds.")
        )
        self._describe()

    @property
    def points(self) -> tuple[Point, ...]:
        return tuple(self._points)

    @property
    def chosen(self) -> int:
        """Index of the point that keys act on."""
        return self._chosen

    @property
    def held(self) -> bool:
        """Whether a point is being dragged."""
        return self._held

    def show_points(self, points: Sequence[Point]) -> None:
        """Two points or more from left to right; silent. Nothing moves under a hand that drags."""
        if not self._held and list(points) != self._points:
            self._points = list(points)
            self._choose(min(self._chosen, len(self._points) - 1))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(2 * _HEIGHT, _HEIGHT)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(_HEIGHT, _HEIGHT)

    def place(self, point: Point) -> QPointF:
        """Where a point is drawn."""
        area = self._area()
        return QPointF(area.left() + point[0] * area.width(), area.bottom() - point[1] * area.height())

    # --- hands ------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        found = self._at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or found is None:
            super().mousePressEvent(event)
            return
        self._choose(found)
        self._held = True
        self.started.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self._held:
            self._move(self._point(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self._held and event.button() == Qt.MouseButton.LeftButton:
            self._held = False
            self.finished.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() == Qt.MouseButton.LeftButton and self._at(event.position()) is None:
            self._add(self._point(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        step = _COARSE if shift else _FINE
        moves = {
            Qt.Key.Key_Left: (-step, 0.0),
            Qt.Key.Key_Right: (step, 0.0),
            Qt.Key.Key_Up: (0.0, step),
            Qt.Key.Key_Down: (0.0, -step),
        }
        key = Qt.Key(event.key())
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if key in moves and plain:
            x, y = self._points[self._chosen]
            by_x, by_y = moves[key]
            self._move((x + by_x, y + by_y))
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) and plain:
            by = 1 if key == Qt.Key.Key_PageUp else -1
            self._choose((self._chosen + by) % len(self._points))
        elif key == Qt.Key.Key_Insert and plain:
            self._add_beside()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and plain:
            self._remove()
        else:
            super().keyPressEvent(event)

    def _point(self, at: QPointF) -> Point:
        area = self._area()
        return (at.x() - area.left()) / area.width(), (area.bottom() - at.y()) / area.height()

    def _at(self, place: QPointF) -> int | None:
        """The point under the mouse; of several, the nearest."""
        away = [(self.place(point) - place).manhattanLength() for point in self._points]
        nearest = min(range(len(away)), key=away.__getitem__)
        return nearest if away[nearest] <= _GRAB else None

    def _move(self, point: Point) -> None:
        """The chosen point, as far as its neighbours let it."""
        low = self._points[self._chosen - 1][0] + CURVE_STEP if self._chosen else 0.0
        last = self._chosen == len(self._points) - 1
        high = 1.0 if last else self._points[self._chosen + 1][0] - CURVE_STEP
        moved = _tidy((min(max(point[0], low), high), point[1]))
        if moved != self._points[self._chosen]:
            self._points[self._chosen] = moved
            self._describe()
            self.update()
            self.changed.emit()

    def _add(self, point: Point) -> None:
        point = _tidy(point)
        after = sum(x < point[0] for x, _ in self._points)
        around = self._points[max(after - 1, 0) : after + 1]
        if all(abs(x - point[0]) >= 2 * CURVE_STEP for x, _ in around):
            self._points.insert(after, point)
            self._choose(after)
            self._whole()

    def _add_beside(self) -> None:
        """Half way to the next point, on the curve."""
        first = min(self._chosen, len(self._points) - 2)
        x = (self._points[first][0] + self._points[first + 1][0]) / 2
        self._add((x, float(Curve(self.points)([x])[0])))

    def _remove(self) -> None:
        if len(self._points) > len(ENDS):
            del self._points[self._chosen]
            self._choose(min(self._chosen, len(self._points) - 1))
            self._whole()

    def _whole(self) -> None:
        self.started.emit()
        self.changed.emit()
        self.finished.emit()

    def _choose(self, index: int) -> None:
        self._chosen = index
        self._describe()
        self.update()

    def _describe(self) -> None:
        x, y = self._points[self._chosen]
        told = self.tr("Point {0} of {1}: {2:.3f} becomes {3:.3f}.")
        self.setAccessibleDescription(told.format(self._chosen + 1, len(self._points), x, y))

    # --- what is seen -----------------------------------------------------------------------------------------------

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = colour("accent") if self.hasFocus() else colour("hairline")
        painter.setPen(QPen(outline, 1.0))
        painter.setBrush(colour("field"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), T.radius, T.radius)
        self._draw_grid(painter)
        shown = colour(self._token if self.isEnabled() else "disabled")
        painter.setClipRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        self._draw_curve(painter, shown)
        self._draw_points(painter, shown)
        painter.end()

    def _draw_grid(self, painter: QPainter) -> None:
        painter.setPen(QPen(colour("hairline"), 1.0))
        for part in range(_PARTS + 1):
            share = part / _PARTS
            painter.drawLine(self.place((share, 0.0)), self.place((share, 1.0)))
            painter.drawLine(self.place((0.0, share)), self.place((1.0, share)))
        painter.setPen(QPen(colour("disabled"), 1.0, Qt.PenStyle.DotLine))
        painter.drawLine(self.place((0.0, 0.0)), self.place((1.0, 1.0)))

    def _draw_curve(self, painter: QPainter, shown: QColor) -> None:
        at = np.linspace(0.0, 1.0, max(2, round(self._area().width())))
        values = Curve(self.points)(at)
        line = QPolygonF([self.place((x, y)) for x, y in zip(at.tolist(), values.tolist(), strict=True)])
        painter.setPen(QPen(shown, 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(line)

    def _draw_points(self, painter: QPainter, shown: QColor) -> None:
        for index, point in enumerate(self._points):
            chosen = index == self._chosen and self.hasFocus()
            painter.setPen(QPen(colour("bright") if chosen else shown, 1.6))
            painter.setBrush(colour("accent") if chosen else colour("field"))
            radius = _RADIUS + 1.0 if chosen else _RADIUS
            painter.drawEllipse(self.place(point), radius, radius)


def _tidy(point: Point) -> Point:
    return round(min(max(point[0], 0.0), 1.0), _DIGITS), round(min(max(point[1], 0.0), 1.0), _DIGITS)
