"""The export queue: one render after the other, each in its own process; it outlives the program."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.data_folder import data_folder
from app.export.events import Event
from app.export.job import RenderJob
from app.jobs.aftercare import Aftercare
from app.jobs.clerk import Clerk
from app.jobs.running import RunningWorker
from app.jobs.task import advanced
from app.jobs.values import ACTIVE, RESUMABLE, ExportOrder, JobProgress, JobRecord, JobState, PackageOrder
from engines.errors import RenderError

_RENDER = "app.export.worker"


class JobQueue(QObject):
    """All methods return at once; what they cause is told by signals. Use from the interface thread."""

    changed = Signal()
    """Rows came, went or moved."""
    job_changed = Signal(str)
    """The record of this job changed."""
    progressed = Signal(str)
    ended = Signal(str)
    """Done or failed, not stopped by hand."""
    loaded = Signal()
    """The jobs of earlier runs are in the list; see `interrupted`."""
    troubled = Signal(str)
    """A sentence: the queue itself could not be kept on disk."""
    _came = Signal(str, object)

    def __init__(self, folder: Path | None = None, parent: QObject | None = None, at_once: int = 1) -> None:
        super().__init__(parent)
        self._at_once = at_once
        self._records: dict[str, JobRecord] = {}
        self._progress: dict[str, JobProgress] = {}
        self._started: dict[str, float] = {}
        self._workers: dict[str, RunningWorker] = {}
        self._wishes: dict[str, str] = {}
        # Orders whose job is not made yet: their records hold no stages, must never be rendered, and are not saved.
        self._orders: dict[str, ExportOrder] = {}
        self._closed = False
        queued = Qt.ConnectionType.QueuedConnection
        self._came.connect(self._on_event, queued)
        self._aftercare = Aftercare(self)
        self._aftercare.progressed.connect(self.progressed)
        self._aftercare.verified.connect(self._on_verified)
        self._aftercare.packaged.connect(self._on_packaged)
        self._clerk = Clerk(folder or data_folder() / "jobs")
        self._clerk.loaded.connect(self._on_loaded, queued)
        self._clerk.prepared.connect(self._on_prepared, queued)
        self._clerk.troubled.connect(self.troubled, queued)
        self._clerk.load()

    def records(self) -> tuple[JobRecord, ...]:
        """In the order of the queue."""
        return tuple(sorted(self._records.values(), key=lambda record: record.order))

    def record(self, job_id: str) -> JobRecord:
        """Raises KeyError."""
        return self._records[job_id]

    def progress(self, job_id: str) -> JobProgress:
        return self._aftercare.progress(job_id) or self._progress.get(job_id, JobProgress())

    def elapsed(self, job_id: str) -> float:
        """Seconds spent on the job in all runs."""
        started = self._started.get(job_id)
        return self._records[job_id].seconds + (time.monotonic() - started if started is not None else 0.0)

    def interrupted(self) -> tuple[JobRecord, ...]:
        """Renders that were cut off by the end of the program; `resume` goes on with them."""
        return tuple(record for record in self.records() if record.state == "interrupted")

    def conflict(self, out: Path) -> JobRecord | None:
        """The unfinished job that writes to `out` already."""
        same = (r for r in self.records() if r.job.out == out and r.state != "done")
        return next(same, None)

    def submit(self, order: ExportOrder) -> str:
        """Queue an export; returns the job's id. Raises RenderError where an unfinished job writes there already."""
        if self.conflict(order.out):
            raise RenderError(
                f"An unfinished export writes to {order.out.name} already.", "Resume or remove it, or choose a name."
            )
        job_id = f"{time.time_ns():x}-{uuid.uuid4().hex[:4]}"
        record = _provisional(job_id, order, max((r.order for r in self._records.values()), default=-1) + 1)
        self._records[job_id], self._orders[job_id] = record, order
        self._clerk.prepare(record, order)
        self.changed.emit()
        return job_id

    def pause(self, job_id: str) -> None:
        """Stop after the current frame; finished segments are kept and `resume` goes on after them."""
        if self._records[job_id].state == "queued":
            self._set(job_id, state="paused")
        elif job_id in self._workers:
            self._stop(job_id, "pause")

    def resume(self, job_id: str) -> None:
        """Queue a paused, interrupted or failed job again."""
        if self._records[job_id].state not in RESUMABLE:
            return
        if job_id in self._orders:
            self._set(job_id, state="preparing", error="")
            self._clerk.prepare(self._records[job_id], self._orders[job_id])
        else:
            self._set(job_id, state="queued", error="")
            self._schedule()

    def cancel(self, job_id: str, keep_parts: bool) -> None:
        """Stop and forget a job. With `keep_parts`, a later export to the same name takes the finished part over."""
        if job_id in self._workers:
            self._stop(job_id, "keep" if keep_parts else "drop")
        else:
            self._forget(job_id, drop_parts=not keep_parts)

    def remove(self, job_id: str) -> None:
        """Take a job that is not running off the list; nothing it has written is touched."""
        if self._records[job_id].state not in ("running", "stopping"):
            self._forget(job_id, drop_parts=False)

    def move(self, job_id: str, by: int) -> None:
        """Change places with the job `by` rows further down (up where negative)."""
        rows = self.records()
        at = next(i for i, record in enumerate(rows) if record.id == job_id)
        to = min(max(at + by, 0), len(rows) - 1)
        if to != at:
            self._set(job_id, order=rows[to].order)
            self._set(rows[to].id, order=rows[at].order)
            self.changed.emit()

    def verify(self, job_id: str, rerun: int = 0) -> None:
        """Check a finished master against its log, its checksums and its source, in a process of its own.

        rerun: so many random frames are rendered anew and compared.
        """
        record = self._records[job_id]
        if record.state == "done" and not self._aftercare.busy(job_id):
            self._aftercare.verify(job_id, _master(record), rerun)
            self._set(job_id, verify="running", verify_sentence="")

    def package(self, job_id: str, order: PackageOrder) -> None:
        """Make an archive package of a finished master, in a process of its own."""
        record = self._records[job_id]
        if record.state == "done" and not self._aftercare.busy(job_id):
            self._aftercare.package(job_id, _master(record), order)
            self._set(job_id, package=order, packaged="running", package_sentence="")

    def stop_package(self, job_id: str) -> None:
        """Nothing is left of a package that is not finished."""
        self._aftercare.cancel(job_id)

    def close(self) -> None:
        """End every process and thread. Running renders are kept as interrupted: the journal has what is finished."""
        if self._closed:
            return
        self._closed = True
        workers = dict(self._workers)
        for worker in workers.values():
            worker.kill()
        for worker in workers.values():
            worker.join()
        self._aftercare.close()
        for job_id in workers:
            if self._wishes.get(job_id) in ("keep", "drop"):
                self._forget(job_id, drop_parts=self._wishes[job_id] == "drop")
            else:
                state: JobState = "paused" if self._wishes.get(job_id) == "pause" else "interrupted"
                self._set(job_id, state=state, seconds=self.elapsed(job_id))
        for record in self.records():
            if "running" in (record.verify, record.packaged):
                self._set(record.id, **_unfinished(record))
        self._clerk.close()

    def worker_pid(self, job_id: str) -> int | None:
        """Of the process that renders the job; None where none runs."""
        worker = self._workers.get(job_id)
        return worker.pid if worker else None

    def _schedule(self) -> None:
        waiting = [record for record in self.records() if record.state == "queued"]
        for record in waiting[: max(0, self._at_once - len(self._workers))]:
            self._progress[record.id] = JobProgress()
            self._started[record.id] = time.monotonic()
            self._workers[record.id] = RunningWorker(record.job, _RENDER, partial(self._came.emit, record.id))
            self._set(record.id, state="running", error="")

    def _stop(self, job_id: str, wish: str) -> None:
        self._wishes[job_id] = wish
        self._workers[job_id].cancel()
        self._set(job_id, state="stopping")

    def _set(self, job_id: str, **values: Any) -> None:
        record = self._records[job_id] = replace(self._records[job_id], **values)
        if job_id not in self._orders:
            self._clerk.save(record)
        self.job_changed.emit(job_id)

    def _forget(self, job_id: str, drop_parts: bool) -> None:
        record = self._records.pop(job_id)
        self._orders.pop(job_id, None)
        self._progress.pop(job_id, None)
        self._clerk.remove(record, drop_parts)
        self.changed.emit()

    @Slot(object)
    def _on_loaded(self, found: tuple[JobRecord, ...]) -> None:
        held = self._records
        self._records = {record.id: _as_found(record) for record in found}
        # Jobs ordered while the disk was read come after those of earlier days.
        after = max((record.order for record in found), default=-1) + 1
        self._records |= {job_id: replace(r, order=r.order + after) for job_id, r in held.items()}
        self.changed.emit()
        self.loaded.emit()
        self._schedule()

    @Slot(str, object)
    def _on_prepared(self, job_id: str, answer: object) -> None:
        if job_id not in self._orders or self._closed:
            return  # cancelled meanwhile: the clerk removes what it had prepared
        if isinstance(answer, str):
            self._set(job_id, state="failed", error=answer)
            self.ended.emit(job_id)
        else:
            del self._orders[job_id]
            self._set(job_id, state="queued", job=answer)
        self._schedule()

    @Slot(str, object)
    def _on_event(self, job_id: str, event: Event) -> None:
        if self._closed or job_id not in self._workers:
            return
        if event["event"] in ("result", "error"):
            self._on_end(job_id, event)
        else:
            self._progress[job_id] = advanced(self._progress[job_id], event)
            self.progressed.emit(job_id)

    def _on_end(self, job_id: str, event: Event) -> None:
        self._workers.pop(job_id).join()
        wish = self._wishes.pop(job_id, "")
        seconds = self.elapsed(job_id)
        del self._started[job_id]
        if event["event"] == "result":
            self._set(job_id, state="done", seconds=seconds, result=_kept(event))
            self.ended.emit(job_id)
            package = self._records[job_id].package
            if package is not None:
                self.package(job_id, package)
        elif wish in ("keep", "drop"):
            self._forget(job_id, drop_parts=wish == "drop")
        elif wish == "pause":
            self._set(job_id, state="paused", seconds=seconds)
        else:
            self._set(job_id, state="failed", seconds=seconds, error=str(event["error"]))
            self.ended.emit(job_id)
        self._schedule()

    @Slot(str, bool, str)
    def _on_verified(self, job_id: str, passed: bool, sentence: str) -> None:
        if job_id in self._records:
            self._set(job_id, verify="passed" if passed else "failed", verify_sentence=sentence)

    @Slot(str, bool, str)
    def _on_packaged(self, job_id: str, passed: bool, sentence: str) -> None:
        if job_id in self._records:
            self._set(job_id, packaged="passed" if passed else "failed", package_sentence=sentence)


def _provisional(job_id: str, order: ExportOrder, place: int) -> JobRecord:
    media = order.document.clip(order.clip_id).media
    job = RenderJob(media.path, order.out, order.preset, frames=order.frames)
    return JobRecord(job_id, job, media.path.stem, time.time(), place, "preparing", package=order.package)


def _master(record: JobRecord) -> Path:
    return Path(record.result["master"])


def _as_found(record: JobRecord) -> JobRecord:
    """A record of an earlier run: whatever was active then is nobody's work now."""
    state: JobState = "interrupted" if record.state in ACTIVE else record.state
    return replace(record, state=state, **_unfinished(record))


def _unfinished(record: JobRecord) -> dict[str, Any]:
    """Of what its program's end cut off nothing is left."""
    return {
        "verify": "" if record.verify == "running" else record.verify,
        "packaged": "" if record.packaged == "running" else record.packaged,
    }


def _kept(event: Event) -> Mapping[str, Any]:
    return {name: value for name, value in event.items() if name != "event"}
