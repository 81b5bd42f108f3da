"""What a dock is taken by: a thin strip above a panel, whose own heading already names it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import T, colour

_DOTS, _STEP, _RADIUS = 5, 6.0, 1.0


class Grip(QWidget):
    """The title bar of a dock: Qt moves the dock where it is dragged, and lets it float where it is double-clicked."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Move {}").format(title))
        self.setToolTip(self.tr("{}\nDrag to move the panel; double-click lets it float.").format(title))
        self.setCursor(Qt.CursorShape.SizeAllCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(T.space[4], T.space[1] + 2)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802 - Qt's name
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: object) -> None:  # noqa: N802, ARG002 - Qt's signature
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 - Qt's signature
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour("panel"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("muted" if self.underMouse() else "disabled"))
        left = (self.width() - (_DOTS - 1) * _STEP) / 2
        for dot in range(_DOTS):
            painter.drawEllipse(QPointF(left + dot * _STEP, self.height() / 2), _RADIUS, _RADIUS)
        painter.end()
