"""A part of a card that most people need not see: a line that opens and closes it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from ui.theme import T
from ui.widgets.value_slider import DOT


class Fold(QWidget):
    """Put widgets into `body`. Closed at first."""

    def __init__(self, title: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._warning, self._changed = title, "", False
        self.button, self.content = QToolButton(), QWidget()
        self.body = QVBoxLayout(self.content)
        self.body.setContentsMargins(0, T.space[0], 0, 0)
        self.body.setSpacing(T.space[1])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.content)
        self.button.setObjectName("flat")
        self.button.setCheckable(True)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.setAccessibleName(title)
        self.button.setToolTip(f"{title}\n{tip}")
        self.button.toggled.connect(self._show)
        self._show(False)
        self.mark(False)

    @property
    def folded(self) -> bool:
        return not self.button.isChecked()

    def set_folded(self, folded: bool) -> None:
        self.button.setChecked(not folded)

    def mark(self, changed: bool) -> None:
        """Whether something in it is other than usual: seen while it is closed, too."""
        self._changed = changed
        self._show_title()

    def warn(self, words: str) -> None:
        """What in it needs to be looked at, in a word or two; "" for nothing."""
        self._warning = words
        self._show_title()

    def _show_title(self) -> None:
        title = f"{self._title} {DOT}" if self._changed else self._title
        self.button.setText(f"{title}  ⚠ {self._warning}" if self._warning else title)

    @Slot(bool)
    def _show(self, on: bool) -> None:
        self.content.setVisible(on)
        self.button.setArrowType(Qt.ArrowType.DownArrow if on else Qt.ArrowType.RightArrow)
