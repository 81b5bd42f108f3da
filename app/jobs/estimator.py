"""Measures in the background what an export would take: a process renders samples, its answers come by signal."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.export.events import Event, error
from app.jobs.estimate_worker import MODULE
from app.jobs.running import RunningWorker
from app.jobs.values import Estimate, ExportOrder, ordered
from app.project_job import project_job
from engines.errors import TratteggioError


class Estimator(QObject):
    """Latest wins: a new `start` ends the measuring before it."""

    estimated = Signal(object)
    """Estimate, better and better; the last one is `final`."""
    refused = Signal(str)
    """Why nothing can be measured; the export itself would fail in the same way."""
    _came = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._runs: list[_Run] = []
        self._came.connect(self._on_event, Qt.ConnectionType.QueuedConnection)

    @property
    def measuring(self) -> bool:
        return any(run.alive and run.number == self._number for run in self._runs)

    def start(self, order: ExportOrder) -> None:
        """Measure this; what was being measured is dropped."""
        self.stop()
        self._runs.append(_Run(self._number, order, partial(self._came.emit, self._number)))

    def stop(self) -> None:
        """Drop what is being measured; returns at once, no answer comes any more."""
        self._number += 1
        self._runs = [run for run in self._runs if run.alive]
        for run in self._runs:
            run.stop()

    def close(self) -> None:
        """The same, and wait until the process and its files are gone."""
        self.stop()
        for run in self._runs:
            run.join()

    @Slot(int, object)
    def _on_event(self, number: int, event: Event) -> None:
        if number != self._number:
            return
        if event["event"] == "error":
            self.refused.emit(str(event["error"]))
        elif event["event"] != "note":
            self.estimated.emit(Estimate.from_event(event))


class _Run:
    """One measuring, on a thread of its own, in a temporary folder that it removes."""

    def __init__(self, number: int, order: ExportOrder, tell: Callable[[Event], None]) -> None:
        self.number = number
        self._order, self._tell = order, tell
        self._guard = threading.Lock()
        self._stopped = False
        self._worker: RunningWorker | None = None
        self._thread = threading.Thread(target=self._run, name="estimate", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def stop(self) -> None:
        with self._guard:
            self._stopped = True
            if self._worker is not None:
                self._worker.kill()

    def join(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        try:
            with tempfile.TemporaryDirectory(prefix="tratteggio-estimate-") as folder:
                self._measure(Path(folder))
        except (TratteggioError, OSError) as failure:
            self._tell(error(str(failure)))

    def _measure(self, folder: Path) -> None:
        order = self._order
        samples = folder / "samples"
        samples.mkdir()
        out = samples / f"sample{order.out.suffix}"
        job = project_job(
            order.document, order.clip_id, out, order.preset, masks_into=folder / "masks", frames=order.frames
        )
        job = ordered(job, order)
        with self._guard:
            if self._stopped:
                return
            self._worker = RunningWorker(job, MODULE, self._tell)
        self._worker.join()
