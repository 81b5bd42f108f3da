"""What the dialogs have in common: a title line, texts that wrap, a row of buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ui.theme import T


def column(dialog: QDialog, title: str, purpose: str = "", width: int = 560) -> QVBoxLayout:
    """The dialog's layout, with its title and what it is for."""
    dialog.setWindowTitle(title)
    dialog.setAccessibleName(title)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(T.space[3], T.space[3], T.space[3], T.space[3])
    layout.setSpacing(T.space[2])
    # No minimum width of the dialog itself: that would hold against larger texts, and clip the buttons.
    layout.addStrut(width)
    layout.addWidget(text(title, "dialogTitle"))
    if purpose:
        layout.addWidget(text(purpose, "muted"))
    return layout


def grow(dialog: QDialog) -> None:
    """As high as what is in it needs at its width, where it is not: texts wrap, and parts come and go."""
    layout = dialog.layout()
    if layout is None:
        return
    layout.activate()
    wraps = layout.hasHeightForWidth()
    wanted = layout.totalHeightForWidth(dialog.width()) if wraps else layout.sizeHint().height()
    room = dialog.screen().availableGeometry().height()
    if dialog.height() < wanted:
        dialog.resize(dialog.width(), min(wanted, room))


def text(words: str, look: str = "") -> QLabel:
    """A label that wraps; its text can be marked and copied by the mouse."""
    label = QLabel(words)
    label.setObjectName(look)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def button(words: str, tip: str, *, main: bool = False) -> QPushButton:
    """main: what Enter does, filled with the accent colour."""
    made = QPushButton(words)
    made.setAccessibleName(words)
    made.setToolTip(f"{words}\n{tip}")
    made.setDefault(main)
    made.setAutoDefault(main)
    return made


def row(*widgets: QWidget | None) -> QHBoxLayout:
    """Widgets beside each other; None is a stretch."""
    layout = QHBoxLayout()
    layout.setSpacing(T.space[1])
    for widget in widgets:
        if widget is None:
            layout.addStretch(1)
        else:
            layout.addWidget(widget)
    return layout
