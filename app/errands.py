"""One thread for the errands of a dialog, which may close at any time without waiting for it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot


class Errands(QObject):
    """Runs functions one after the other. `retire` instead of a close that waits: the interface must not."""

    _ended = Signal()

    def __init__(self, name: str) -> None:
        # Parent is the application: the dialog that asked may be gone before its last errand is done.
        super().__init__(QCoreApplication.instance())
        self._pool = ThreadPoolExecutor(1, name)
        self._waiting: list[Future[None]] = []
        self._retired = False
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)

    def retire(self) -> None:
        """What was not begun is dropped; thread and object go once what runs is done."""
        if not self._retired:
            self._retired = True
            while self._waiting:
                self._waiting.pop().cancel()
            # Behind whatever runs: its signal brings the end back to this thread.
            self._pool.submit(self._ended.emit)

    def close(self) -> None:
        """The same, waited for: at the end of the window no thread may be left."""
        if not self._retired:
            self._retired = True
            self._pool.shutdown(wait=True, cancel_futures=True)
            self.deleteLater()

    def _submit(self, work: Callable[..., None], *arguments: object) -> None:
        if not self._retired:
            self._waiting.append(self._pool.submit(work, *arguments))

    @Slot()
    def _on_ended(self) -> None:
        self._pool.shutdown(wait=True)
        self.deleteLater()
