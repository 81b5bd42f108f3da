"""Tuning in the background of the window: one process at a time, which outlives the dialog that asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.data_folder import models_folder
from app.errands import Errands
from app.export.events import Event
from app.jobs.running import RunningWorker
from app.tune_job import TuneRequest, forget, unfinished
from app.tune_worker import MODULE
from engines.errors import TratteggioError
from engines.models.collection import shelf


class Tuning(QObject):
    """State for the dialog. Methods return at once; what they cause is told by `changed`. Interface thread only."""

    changed = Signal()
    ended = Signal(str)
    """Name of the run: it has a result, or failed; not where it was stopped by hand."""
    _came = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder: Path = models_folder()
        self.request: TuneRequest | None = None
        """The run in progress, or the last one."""
        self.notes: tuple[str, ...] = ()
        self.progress: Mapping[str, Any] = {}
        """The last "tuning" event."""
        self.figures: Mapping[str, Any] = {}
        """The last "figures" event."""
        self.result: Mapping[str, Any] = {}
        self.error = ""
        self.stopping = False
        self.left: tuple[TuneRequest, ...] = ()
        """Runs that can be resumed, as of the last `look`."""
        self.models: tuple[str, ...] = ()
        """Names of tuned models, as of the last `look`."""
        self._worker: RunningWorker | None = None
        self._clerk = _Clerk()
        queued = Qt.ConnectionType.QueuedConnection
        self._came.connect(self._on_event, queued)
        self._clerk.looked.connect(self._on_looked, queued)

    @property
    def running(self) -> bool:
        return self._worker is not None

    def start(self, request: TuneRequest) -> None:
        """Begin, or resume; one run at a time: while one is running nothing happens."""
        if self._worker is not None:
            return
        self.request, self.notes, self.error = request, (), ""
        self.progress, self.figures, self.result, self.stopping = {}, {}, {}, False
        self._worker = RunningWorker(request, MODULE, self._came.emit)
        self.changed.emit()

    def stop(self) -> None:
        """Ask for a stop that keeps the checkpoint."""
        if self._worker is not None:
            self.stopping = True
            self._worker.cancel()
            self.changed.emit()

    def look(self) -> None:
        """Find out what can be resumed."""
        self._clerk.look(self.folder)

    def discard(self, request: TuneRequest) -> None:
        """Remove what an unfinished run left."""
        self._clerk.discard(request, self.folder)

    def close(self) -> None:
        """End the process; its last checkpoint is kept."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()
            worker.join()
        self._clerk.close()

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        if self._worker is None:
            return
        match event["event"]:
            case "note":
                self.notes = (*self.notes, str(event["text"]))
            case "tuning":
                self.progress = event
            case "figures":
                self.figures = event
            case "result" | "error":
                self._end(event)
        self.changed.emit()

    def _end(self, event: Event) -> None:
        assert self._worker is not None
        assert self.request is not None
        self._worker.join()
        self._worker = None
        if event["event"] == "result":
            self.result = event
        elif not self.stopping:
            self.error = str(event["error"])
        if not self.stopping or self.result:
            self.ended.emit(self.request.name)
        self.stopping = False
        self.look()

    @Slot(object)
    def _on_looked(self, found: object) -> None:
        if isinstance(found, str):
            self.error = found
        else:
            assert isinstance(found, _Found)
            running = self.request.name if self.running and self.request else ""
            self.left = tuple(request for request in found.left if request.name != running)
            self.models = found.models
        self.changed.emit()


@dataclass(frozen=True)
class _Found:
    left: tuple[TuneRequest, ...]
    models: tuple[str, ...]


class _Clerk(Errands):
    """Looks at the disk on a thread."""

    looked = Signal(object)
    """What was found, or a sentence that says why something could not be removed."""

    def __init__(self) -> None:
        super().__init__("tuning")

    def look(self, folder: Path) -> None:
        self._submit(self._look, folder)

    def discard(self, request: TuneRequest, folder: Path) -> None:
        self._submit(self._discard, request, folder)

    def _look(self, folder: Path) -> None:
        tuned = tuple(card.name for card in shelf(folder).cards if card.kind == "tuned")
        self.looked.emit(_Found(unfinished(folder), tuned))

    def _discard(self, request: TuneRequest, folder: Path) -> None:
        try:
            forget(request)
        except TratteggioError as error:
            self.looked.emit(str(error))
            return
        self._look(folder)
