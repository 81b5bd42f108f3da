"""The large slider: a track with detents that a dragged handle snaps to."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import T, colour
from ui.widgets.track import Track

STEPS = 1000
"""Values from 0 to 1 in thousandths."""
_DETENTS = (0, STEPS // 2, STEPS)
_HANDLE = QSize(14, 22)
_SNAP = 5
_GROOVE = 6


class DetentTrack(Track):
    """From 0 to 1."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(STEPS, parent)
        self.setSingleStep(STEPS // 100)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def share(self) -> float:
        return self.value() / STEPS

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(160, 34)

    def _follow(self, event: QMouseEvent) -> None:
        self.setSliderPosition(self._value_at(event.position().x()))

    def _span(self) -> tuple[float, float]:
        inset = _HANDLE.width() / 2 + 1
        return inset, self.width() - inset

    def _x(self, value: int) -> float:
        left, right = self._span()
        return left + (right - left) * value / STEPS

    def _value_at(self, x: float) -> int:
        for detent in _DETENTS:
            if abs(x - self._x(detent)) <= _SNAP:
                return detent
        left, right = self._span()
        return round((x - left) / max(right - left, 1) * STEPS)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 - Qt's signature
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = _HANDLE.height() / 2 + 1
        self._paint_groove(painter, middle)
        self._paint_detents(painter, middle + _HANDLE.height() / 2 + 2)
        self._paint_handle(painter, middle)
        painter.end()

    def _paint_groove(self, painter: QPainter, middle: float) -> None:
        left, right = self._span()
        groove = QRectF(left, middle - _GROOVE / 2, right - left, _GROOVE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("field"))
        painter.drawRoundedRect(groove, _GROOVE / 2, _GROOVE / 2)
        if self.isEnabled():
            groove.setRight(self._x(self.sliderPosition()))
            painter.setBrush(colour("accent"))
            painter.drawRoundedRect(groove, _GROOVE / 2, _GROOVE / 2)

    def _paint_detents(self, painter: QPainter, top: float) -> None:
        painter.setPen(QPen(colour("edge" if self.isEnabled() else "disabled"), 1))
        for detent in _DETENTS:
            x = round(self._x(detent)) + 0.5
            painter.drawLine(QPointF(x, top), QPointF(x, top + 5))

    def _paint_handle(self, painter: QPainter, middle: float) -> None:
        width, height = _HANDLE.width(), _HANDLE.height()
        handle = QRectF(self._x(self.sliderPosition()) - width / 2, middle - height / 2, width, height)
        focused = self.hasFocus()
        painter.setPen(QPen(colour("accent" if focused else "field"), 2 if focused else 1))
        painter.setBrush(colour("bright" if self.isEnabled() else "disabled"))
        painter.drawRoundedRect(handle, T.radius + 1, T.radius + 1)
