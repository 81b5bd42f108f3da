"""A thread that takes jobs from a queue until it is closed; whatever a job raises, the thread goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable

from app.polite import be_polite
from engines.errors import Cancelled
from engines.scheduler import Job, JobQueue


class RenderWorker:
    """One thread, one queue. `failed` is told, on that thread, which job raised what. polite: others go first."""

    def __init__(self, name: str, failed: Callable[[Job, Exception], None], *, polite: bool = False) -> None:
        self.queue = JobQueue()
        self._failed = failed
        self._polite = polite
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._closing: list[Callable[[], None]] = []

    def start(self) -> None:
        self._thread.start()

    def at_end(self, close: Callable[[], None]) -> None:
        """Called on the thread when it ends: what it opened is closed where it was used."""
        self._closing.append(close)

    def stop(self) -> None:
        """Cancel what runs; the thread ends after it."""
        self.queue.close()

    def join(self, timeout: float) -> bool:
        """Whether the thread has ended."""
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _work(self) -> None:
        if self._polite:
            be_polite()
        while (running := self.queue.take()) is not None:
            done = True
            try:
                running.job.run(running.token)
            except Cancelled:
                done = False
            except Exception as error:  # noqa: BLE001 - reported, and the next job must still be served
                self._failed(running.job, error)
            finally:
                self.queue.finish(running, done=done)
        for close in self._closing:
            close()
