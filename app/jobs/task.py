"""Work on a finished master in a process of its own: verifying it, packaging it. Told by signals."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.export.events import Event
from app.export.runner import Request
from app.jobs.running import RunningWorker
from app.jobs.values import JobProgress


class Task(QObject):
    """Starts at once; used from the interface thread."""

    progressed = Signal(str)
    """Its name; see `progress`."""
    ended = Signal(str, object)
    """Its name, and the last event: `result` or `error`. Nothing comes after it, and nothing after `close`."""
    _came = Signal(object)

    def __init__(self, name: str, request: Request, module: str, phase: str, parent: QObject | None = None) -> None:
        """name: what its signals call it; phase: what it does until its process says something."""
        super().__init__(parent)
        self._name = name
        self.progress = JobProgress(phase)
        self._over = False
        self._came.connect(self._on_event, Qt.ConnectionType.QueuedConnection)
        self._worker = RunningWorker(request, module, self._came.emit)

    def cancel(self) -> None:
        """Ask for a stop; it ends with an error."""
        self._worker.cancel()

    def close(self) -> None:
        """End the process now, and wait for it."""
        self._over = True
        self._worker.kill()
        self._worker.join()

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        if self._over:
            return
        if event["event"] in ("result", "error"):
            self._over = True
            self._worker.join()
            self.ended.emit(self._name, event)
        else:
            self.progress = advanced(self.progress, event)
            self.progressed.emit(self._name)


def advanced(progress: JobProgress, event: Event) -> JobProgress:
    """After an event that is not the last."""
    if event["event"] == "note":
        return replace(progress, notes=(*progress.notes, str(event["text"])))
    held = {name: event[name] for name in ("phase", "n", "total", "fps", "eta_s")}
    return replace(progress, **held)
