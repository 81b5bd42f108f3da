"""What an empty place shows: what belongs there, and the next action as buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ui.theme import T

ICON_SIZE = 48
TEXT_WIDTH = 420


class EmptyState(QWidget):
    """A title, a sentence and buttons, centred. `add_button` returns the button, to connect."""

    def __init__(self, title: str, sentence: str, icon: QIcon | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setSpacing(T.space[2])
        column.setContentsMargins(T.space[3], T.space[3], T.space[3], T.space[3])
        column.addStretch(1)
        if icon is not None:
            picture = QLabel()
            picture.setPixmap(icon.pixmap(ICON_SIZE, ICON_SIZE))
            column.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        self.title, self.sentence = QLabel(title), QLabel(sentence)
        for label, look in ((self.title, "emptyTitle"), (self.sentence, "muted")):
            label.setObjectName(look)
            label.setWordWrap(True)
            label.setMaximumWidth(TEXT_WIDTH)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            row = QHBoxLayout()
            row.addWidget(label)
            column.addLayout(row)
        self._buttons = QHBoxLayout()
        self._buttons.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addLayout(self._buttons)
        column.addStretch(1)

    def add_button(self, text: str, tip: str, *, main: bool = False) -> QPushButton:
        """main: the one most people want; it is filled with the accent colour."""
        button = QPushButton(text)
        button.setObjectName("main" if main else "")
        button.setAccessibleName(text)
        button.setToolTip(f"{text}\n{tip}")
        self._buttons.addWidget(button)
        return button
