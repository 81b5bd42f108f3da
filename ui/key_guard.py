"""Keys of the window that a focused control needs for itself: arrows in a slider, Space on a button."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QAbstractSlider, QApplication, QComboBox, QWidget

KEEPS = "keepsKeys"
"""Dynamic property of a widget of our own: texts of the keys it needs while it has the focus, as a list."""

_ARROWS = frozenset({"Left", "Right", "Up", "Down", "Home", "End"})
_BY_KIND: tuple[tuple[type[QWidget], frozenset[str]], ...] = (
    (QAbstractSlider, _ARROWS),
    (QAbstractItemView, frozenset({"Up", "Down", "Home", "End", "Space"})),
    (QComboBox, frozenset({"Up", "Down", "Home", "End", "Space"})),
    (QAbstractButton, frozenset({"Space"})),
)
SOFT = _ARROWS | {"Space"}


def kept_by(widget: QWidget | None) -> frozenset[str]:
    """Keys that `widget` answers itself. Text fields are not named here: Qt lets them keep what they type."""
    if widget is None:
        return frozenset()
    named = widget.property(KEEPS)
    if named:
        return frozenset(named)
    return next((keys for kind, keys in _BY_KIND if isinstance(widget, kind)), frozenset())


class KeyGuard(QObject):
    """Switches shortcuts off while the focused control keeps their key."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._shortcuts: list[QShortcut] = []
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus)

    def watch(self, shortcut: QShortcut) -> None:
        self._shortcuts.append(shortcut)

    def forget(self) -> None:
        """All of them; they belong to who made them."""
        self._shortcuts.clear()

    def renew(self) -> None:
        """After shortcuts were watched anew."""
        self._on_focus(None, QApplication.focusWidget())

    @Slot(QWidget, QWidget)
    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        kept = kept_by(new)
        for shortcut in self._shortcuts:
            text = shortcut.key().toString(QKeySequence.SequenceFormat.PortableText)
            shortcut.setEnabled(text not in kept)
