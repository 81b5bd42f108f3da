"""A line that says how something stands: a shape and a colour before the words."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.stage_text import StateLine, Tone
from ui.theme import T, colour, px

_MARK = 7


def paint_state(painter: QPainter, box: QRect, line: StateLine, *, dim: bool = False) -> None:
    """Draw the line into `box`, cut with an ellipsis where it does not fit. Uses the painter's font."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    tint = colour("disabled" if dim else line.tone or "muted")
    if line.tone:
        painter.setBrush(tint)
        _paint_mark(painter, QRectF(box.x(), box.center().y() - _MARK / 2 + 0.5, _MARK, _MARK), line.tone)
        box = box.adjusted(_MARK + T.space[0] + 1, 0, 0, 0)
    painter.setPen(colour("muted") if dim else tint)
    text = painter.fontMetrics().elidedText(line.text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
    painter.restore()


def _paint_mark(painter: QPainter, box: QRectF, tone: Tone) -> None:
    """A disc is good, a diamond wants a look, a triangle has failed."""
    if tone == "ready":
        painter.drawEllipse(box)
    elif tone == "approximate":
        x, y = box.center().x(), box.center().y()
        corners = [QPointF(x, box.top()), QPointF(box.right(), y), QPointF(x, box.bottom()), QPointF(box.left(), y)]
        painter.drawPolygon(QPolygonF(corners))
    else:
        painter.drawPolygon(QPolygonF([QPointF(box.center().x(), box.top()), box.bottomRight(), box.bottomLeft()]))


class StateLabel(QWidget):
    """One state line; never asks for more room than it is given."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = StateLine("")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        font = self.font()
        font.setPixelSize(px(T.small_size))
        self._font = font

    @property
    def line(self) -> StateLine:
        return self._line

    def set_line(self, line: StateLine) -> None:
        if line != self._line:
            self._line = line
            self.setToolTip(line.text)
            self.setAccessibleName(line.text)
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(40, QFontMetrics(self._font).height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 - Qt's signature
        painter = QPainter(self)
        painter.setFont(self._font)
        paint_state(painter, self.rect(), self._line, dim=not self.isEnabled())
        painter.end()
