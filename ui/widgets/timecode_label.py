"""A timecode in digits that do not dance."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from ui.theme import T, monospaced


class TimecodeLabel(QLabel):
    """As wide as its widest text so far, so that its neighbours stay where they are."""

    def __init__(self, name: str, size: int = T.timecode_size, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(monospaced(size))
        self.setObjectName("timecode" if size >= T.timecode_size else "smallTimecode")
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def set_time(self, text: str) -> None:
        self.setText(text)
        self.setMinimumWidth(max(self.minimumWidth(), self.sizeHint().width()))
