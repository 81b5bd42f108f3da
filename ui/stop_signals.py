"""SIGINT and SIGTERM as a Qt signal: the interpreter sees them only when it runs, so the system wakes Qt itself."""

from __future__ import annotations

import signal
import socket

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot


class StopSignals(QObject):
    """While it lives, the process is asked to stop instead of being stopped."""

    asked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._read, self._write = socket.socketpair()
        self._write.setblocking(False)
        self._fd = signal.set_wakeup_fd(self._write.fileno())
        self._earlier = {number: signal.signal(number, _nothing) for number in (signal.SIGINT, signal.SIGTERM)}
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._woken)

    @Slot()
    def _woken(self) -> None:
        self._read.recv(64)
        self.asked.emit()

    def close(self) -> None:
        """Signals mean what they meant before."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._fd)
        for number, handler in self._earlier.items():
            signal.signal(number, handler)
        self._read.close()
        self._write.close()


def _nothing(*_: object) -> None:
    """The wake-up is the message."""
