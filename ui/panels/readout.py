"""A figure with its meaning below, and the thin bar that shows a share."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from ui.theme import T, colour, monospaced


class Readout(QWidget):
    """A value over its caption; "-" where it is not known, with the reason as tooltip."""

    def __init__(self, caption: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._caption = caption
        self.value = QLabel("-")
        self.value.setFont(monospaced(T.text_size + 1))
        below = QLabel(caption)
        below.setWordWrap(True)
        below.setAlignment(Qt.AlignmentFlag.AlignTop)
        below.setObjectName("muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addWidget(self.value)
        layout.addWidget(below, 1)

    def set_value(self, text: str, explanation: str) -> None:
        self.value.setText(text or "-")
        self.setToolTip(explanation)
        self.setAccessibleName(f"{self._caption}: {text or explanation}")


class ShareBar(QWidget):
    """Fills from the left, hatched, so that it reads without its colour, too."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._share: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    @property
    def share(self) -> float | None:
        return self._share

    def set_share(self, share: float | None) -> None:
        if share != self._share:
            self._share = share
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(60, 5)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 - Qt's signature
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("field"))
        painter.drawRoundedRect(QRectF(self.rect()), 2, 2)
        if self._share:
            # Even the smallest share must be seen to be there.
            filled = QRectF(0, 0, max(self._share * self.width(), 4), self.height())
            painter.setBrush(colour("flagged"))
            painter.drawRoundedRect(filled, 2, 2)
            painter.setBrush(QBrush(colour("field", 0.55), Qt.BrushStyle.BDiagPattern))
            painter.drawRoundedRect(filled, 2, 2)
        painter.end()
