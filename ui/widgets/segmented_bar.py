"""A row of buttons of which one is chosen: compare modes, workspaces, scopes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QPushButton, QWidget

from ui.theme import T


class SegmentedBar(QWidget):
    """Segments are (key, text, tip). `chosen` is sent where the user chose; `set_current` is silent."""

    chosen = Signal(str)

    def __init__(self, name: str, segments: Sequence[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._tight, self._usual = False, 0
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(T.space[0])
        for key, text, tip in segments:
            self._buttons[key] = self._make(text, tip)
            row.addWidget(self._buttons[key])
        self._group.buttonClicked.connect(self._on_clicked)

    def button(self, key: str) -> QPushButton:
        """Raises KeyError."""
        return self._buttons[key]

    def current(self) -> str:
        """Key of the chosen segment, "" where none is."""
        return next((key for key, button in self._buttons.items() if button.isChecked()), "")

    def set_current(self, key: str) -> None:
        """Raises KeyError."""
        self._buttons[key].setChecked(True)

    def usual_width(self) -> int:
        """Pixels in which every segment has its usual room."""
        if not self._tight:
            self._usual = self.sizeHint().width()
        return self._usual

    def make_room(self, width: int) -> None:
        """Where `width` pixels are too few for that the segments stand tight, so that their words are not cut."""
        tight = width < self.usual_width()
        if tight == self._tight:
            return
        self._tight = tight
        for button in self._buttons.values():
            button.setProperty("tight", tight)
            button.style().unpolish(button)
            button.style().polish(button)
            button.updateGeometry()

    def _make(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName("segment")
        button.setCheckable(True)
        # By Tab only: a click with the mouse must leave the keys with the picture.
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(text)
        button.setToolTip(tip)
        self._group.addButton(button)
        return button

    @Slot(QAbstractButton)
    def _on_clicked(self, button: QAbstractButton) -> None:
        self.chosen.emit(next(key for key, held in self._buttons.items() if held is button))
