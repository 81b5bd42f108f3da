"""The title line of a panel: what it is on the left, a count or a scope on the right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from ui.theme import T

_LEAST = 84
"""A word is never cut below this."""


class Heading(QWidget):
    """A quiet line in capitals. Long names are cut: they never widen the panel."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._aside = _Cut(), _Cut()
        self._title.setObjectName("sectionTitle")
        self._aside.setObjectName("muted")
        font = self._title.font()
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.6)
        self._title.setFont(font)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(T.space[1])
        row.addWidget(self._title)
        row.addStretch(1)
        row.addWidget(self._aside)
        self.set_title(title)

    def set_title(self, title: str) -> None:
        self._title.show_text(title.upper())
        self._title.setAccessibleName(title)

    def set_aside(self, text: str) -> None:
        self._aside.show_text(text)


class _Cut(QLabel):
    """A label that shows as much of its text as there is room for."""

    def __init__(self) -> None:
        super().__init__()
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)

    def show_text(self, text: str) -> None:
        if text != self._whole:
            self._whole = text
            self.setToolTip(text)
            self.updateGeometry()
            self._cut()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._whole) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(min(self.sizeHint().width(), _LEAST), self.fontMetrics().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width()))
