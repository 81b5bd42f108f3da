"""The thread that keeps the queue on disk and copies the masks of an order, so that painting can go on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.export.paths import master_paths
from app.export.work_folder import WorkFolder
from app.jobs.store import JobStore
from app.jobs.values import ExportOrder, JobRecord, ordered
from app.project_job import project_job
from engines.errors import TratteggioError


class Clerk(QObject):
    """Does one thing after the other, in the order asked; answers by signals emitted on its thread."""

    loaded = Signal(object)
    """Tuple of JobRecord."""
    prepared = Signal(str, object)
    """Job id; the RenderJob, or the sentence that says why there is none."""
    troubled = Signal(str)

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._store = JobStore(folder)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="jobs-on-disk")
        self._dropped: set[str] = set()
        self._guard = threading.Lock()

    def load(self) -> None:
        self._soon(lambda: self.loaded.emit(self._store.load(self.troubled.emit)))

    def prepare(self, record: JobRecord, order: ExportOrder) -> None:
        """Copy the document's masks and make the job."""
        self._soon(lambda: self._prepare(record, order))

    def save(self, record: JobRecord) -> None:
        self._soon(lambda: self._store.save(record))

    def remove(self, record: JobRecord, drop_parts: bool) -> None:
        """Forget a job; with `drop_parts` also what it had finished of the master."""
        with self._guard:
            self._dropped.add(record.id)
        self._soon(lambda: self._remove(record, drop_parts))

    def close(self) -> None:
        """Finish what was asked, then let go of every job."""
        self._thread.shutdown(wait=True)
        self._store.close()

    def _soon(self, work: Callable[[], None]) -> None:
        self._thread.submit(self._guarded, work)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (TratteggioError, OSError) as error:
            self.troubled.emit(str(error))
        except Exception as error:  # noqa: BLE001 - the thread must go on; the user hears of it
            self.troubled.emit(f"An unexpected failure in the export queue: {type(error).__name__}: {error}.")

    def _prepare(self, record: JobRecord, order: ExportOrder) -> None:
        with self._guard:
            if record.id in self._dropped:
                return
        try:
            self._store.claim(record.id)
            masks = self._store.masks(record.id)
            job = project_job(
                order.document, order.clip_id, order.out, order.preset, masks_into=masks, frames=order.frames
            )
            job = replace(ordered(job, order), force=order.force)
            self._store.save(replace(record, job=job, state="queued"))
        except (TratteggioError, OSError) as error:
            self.prepared.emit(record.id, str(error))
        else:
            self.prepared.emit(record.id, job)

    def _remove(self, record: JobRecord, drop_parts: bool) -> None:
        parts = master_paths(record.job.out).parts
        if drop_parts and parts.exists():
            with WorkFolder(parts) as work:
                work.done = True
        self._store.remove(record.id)
