"""Do something once, soon, however often it is asked for."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Slot


class Later(QObject):
    """`ask` runs the action after `ms`. restart: wait until nobody asked for so long, else run at a steady pace.

    at_once: as soon as what is going on is over, but `ms` after the last time at the earliest.
    """

    def __init__(
        self, parent: QObject, ms: int, action: Callable[[], None], *, restart: bool = False, at_once: bool = False
    ) -> None:
        super().__init__(parent)
        self._action = action
        self._restart = restart
        self._ms, self._last = ms, -math.inf if at_once else None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        if at_once:
            # Others may be late by a twentieth: nobody sees that.
            self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(ms)
        self._timer.timeout.connect(self._run)

    @Slot()
    def ask(self) -> None:
        if self._last is not None and not self._timer.isActive():
            passed = (time.monotonic() - self._last) * 1000
            self._timer.start(math.ceil(max(0.0, self._ms - passed)))
        elif self._restart or not self._timer.isActive():
            self._timer.start()

    def now(self) -> None:
        """Run what was asked for without waiting; nothing where nothing was."""
        if self._timer.isActive():
            self._timer.stop()
            self._run()

    def drop(self) -> None:
        self._timer.stop()

    @Slot()
    def _run(self) -> None:
        if self._last is not None:
            self._last = time.monotonic()
        self._action()
