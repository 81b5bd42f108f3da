"""Do something once, soon, however often it is asked for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot


class Later(QObject):
    """`ask` runs the action after `ms`. restart: wait until nobody asked for so long, else run at a steady pace."""

    def __init__(self, parent: QObject, ms: int, action: Callable[[], None], *, restart: bool = False) -> None:
        super().__init__(parent)
        self._action = action
        self._restart = restart
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(ms)
        self._timer.timeout.connect(self._run)

    @Slot()
    def ask(self) -> None:
        if self._restart or not self._timer.isActive():
            self._timer.start()

    def now(self) -> None:
        """Run what was asked for without waiting; nothing where nothing was."""
        if self._timer.isActive():
            self._timer.stop()
            self._action()

    def drop(self) -> None:
        self._timer.stop()

    @Slot()
    def _run(self) -> None:
        self._action()
