"""A key that acts from press to release, such as showing the source while `A` is down."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget


class HeldKey(QObject):
    """Calls `act(True)` at the press and `act(False)` at the release, or when the program loses the keyboard.

    The application is watched only while the key is down: a filter in Python over every event would cost each paint.
    """

    def __init__(self, key: str, act: Callable[[bool], object], window: QWidget) -> None:
        super().__init__(window)
        self._act = act
        self._down = False
        self.shortcut = QShortcut(QKeySequence(key), window)
        self.shortcut.setAutoRepeat(False)
        self.shortcut.activated.connect(self._on_press)
        self._key = _key_of(self.shortcut.key())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        kind = event.type()
        if kind in (QEvent.Type.ApplicationDeactivate, QEvent.Type.WindowDeactivate):
            self._release()
        elif isinstance(event, QKeyEvent) and event.key() == self._key:
            if kind == QEvent.Type.KeyRelease and not event.isAutoRepeat():
                self._release()
            return True
        return super().eventFilter(watched, event)

    def close(self) -> None:
        """Let go of the key for good."""
        self._release()
        self.shortcut.setParent(None)
        self.shortcut.deleteLater()
        self.deleteLater()

    @Slot()
    def _on_press(self) -> None:
        application = QApplication.instance()
        if not self._down and application is not None:
            self._down = True
            application.installEventFilter(self)
            self._act(True)

    def _release(self) -> None:
        application = QApplication.instance()
        if self._down and application is not None:
            self._down = False
            application.removeEventFilter(self)
            self._act(False)


def _key_of(sequence: QKeySequence) -> int:
    """The key without its modifiers: those may be let go first."""
    first = sequence[0]  # type: ignore[index]
    return int(first.key())
