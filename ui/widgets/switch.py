"""An on/off control: the knob's place tells the state, the colour only repeats it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ui import theme

WIDTH, HEIGHT, RIM = 28, 16, 3


class Switch(QAbstractButton):
    """A checkable button; `toggled` and `setChecked` as Qt's. `name` is read out and starts the tooltip."""

    def __init__(self, name: str, tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        self.setToolTip(f"{name}\n{tip}" if tip else name)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(WIDTH + 2 * RIM, HEIGHT + 2 * RIM)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(RIM, (self.height() - HEIGHT) / 2, WIDTH, HEIGHT)
        on, usable = self.isChecked(), self.isEnabled()
        painter.setPen(QPen(theme.colour("edge" if usable else "hairline"), 1) if not on else Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("field" if not on else "accent" if usable else "disabled"))
        painter.drawRoundedRect(track.adjusted(0.5, 0.5, -0.5, -0.5), HEIGHT / 2, HEIGHT / 2)
        self._draw_knob(painter, track)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("bright"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(track.adjusted(-2, -2, 2, 2), HEIGHT / 2 + 2, HEIGHT / 2 + 2)

    def _draw_knob(self, painter: QPainter, track: QRectF) -> None:
        side = HEIGHT - 6
        x = track.right() - side - 3 if self.isChecked() else track.left() + 3
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("bright" if self.isEnabled() else "muted"))
        painter.drawEllipse(QRectF(x, track.top() + 3, side, side))
