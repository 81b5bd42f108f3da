"""A worker process with the thread that reads its events."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

import psutil

from app.export.events import Event, error
from app.export.runner import RenderProcess, Request

_POLITE = 10


class RunningWorker:
    """Starts at once. `tell` is called on its thread for every event; the last one is a `result` or an `error`."""

    def __init__(self, request: Request, module: str, tell: Callable[[Event], None]) -> None:
        self._request = request
        self._module = module
        self._tell = tell
        self._lock = threading.Lock()
        self._process: RenderProcess | None = None
        self._asked = ""
        self._thread = threading.Thread(target=self._run, name=module, daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """None until the process has started."""
        return self._process.pid if self._process else None

    def cancel(self) -> None:
        """Ask for a stop after the current frame."""
        self._ask("cancel")

    def kill(self) -> None:
        """End it now."""
        self._ask("kill")

    def join(self) -> None:
        """Wait for the last event to be told."""
        self._thread.join()

    def _ask(self, what: str) -> None:
        with self._lock:
            self._asked = what
            if self._process is not None:
                _stop(self._process, what)

    def _run(self) -> None:
        try:
            with self._lock:
                self._process = RenderProcess(self._request, self._module)
                _step_back(self._process.pid)
                if self._asked:
                    _stop(self._process, self._asked)
        except OSError as failure:
            self._tell(error(f"The system refused to start another process: {failure}."))
            return
        for event in self._process.events():
            self._tell(event)


def _step_back(pid: int) -> None:
    """Whoever works in the window goes first."""
    with contextlib.suppress(psutil.NoSuchProcess):  # it has ended already; its events say how
        process = psutil.Process(pid)
        behind = getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", max(process.nice(), _POLITE))
        process.nice(behind)


def _stop(process: RenderProcess, how: str) -> None:
    process.kill() if how == "kill" else process.cancel()
