"""The title line of a panel: what it is on the left, a count or a scope on the right."""

from __future__ import annotations

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from ui.theme import T


class Heading(QWidget):
    """A quiet line in capitals."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = QLabel(self)
        self._aside = QLabel(self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(T.space[1])
        self._row.addWidget(self._title, 1)
        self._row.addWidget(self._aside)
        self._title.setObjectName("sectionTitle")
        self._aside.setObjectName("muted")
        font = self._title.font()
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.6)
        self._title.setFont(font)
        self.set_title(title)

    def set_title(self, title: str) -> None:
        self._title.setText(title.upper())
        self._title.setAccessibleName(title)

    def set_aside(self, text: str) -> None:
        self._aside.setText(text)

    def add(self, widget: QWidget) -> None:
        """Put a control at the right end."""
        self._row.addWidget(widget)
