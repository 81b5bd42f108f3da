"""What is done with masters that are finished: verifying and packaging them, each in a process of its own."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.export.events import Event
from app.jobs.package_worker import MODULE as PACKAGE
from app.jobs.package_worker import PackageRequest
from app.jobs.task import Task
from app.jobs.values import JobProgress, PackageOrder
from app.jobs.verify_worker import MODULE as VERIFY
from app.jobs.verify_worker import VerifyRequest


class Aftercare(QObject):
    """Used from the interface thread; every job has at most one such task."""

    progressed = Signal(str)
    verified = Signal(str, bool, str)
    """Job id, whether all was found as it should be, a sentence."""
    packaged = Signal(str, bool, str)
    """Job id, whether the package was made, a sentence."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks: dict[str, Task] = {}

    def busy(self, job_id: str) -> bool:
        return job_id in self._tasks

    def progress(self, job_id: str) -> JobProgress | None:
        """None where nothing runs."""
        task = self._tasks.get(job_id)
        return None if task is None else task.progress

    def verify(self, job_id: str, master: Path, rerun: int) -> None:
        """Answers by `verified`."""
        task = self._begin(Task(job_id, VerifyRequest(master, rerun), VERIFY, "verify", self), job_id)
        task.ended.connect(self._on_verified)

    def package(self, job_id: str, master: Path, order: PackageOrder) -> None:
        """Answers by `packaged`."""
        task = self._begin(Task(job_id, PackageRequest(master, order), PACKAGE, "package", self), job_id)
        task.ended.connect(self._on_packaged)

    def cancel(self, job_id: str) -> None:
        """Ask for a stop; told as one that failed."""
        if job_id in self._tasks:
            self._tasks[job_id].cancel()

    def close(self) -> None:
        for task in self._tasks.values():
            task.close()
        self._tasks.clear()

    def _begin(self, task: Task, job_id: str) -> Task:
        self._tasks[job_id] = task
        task.progressed.connect(self.progressed)
        return task

    def _over(self, job_id: str) -> None:
        self._tasks.pop(job_id).deleteLater()

    @Slot(str, object)
    def _on_verified(self, job_id: str, event: Event) -> None:
        self._over(job_id)
        passed = event["event"] == "result"
        self.verified.emit(job_id, passed, verified_sentence(event) if passed else str(event["error"]))

    @Slot(str, object)
    def _on_packaged(self, job_id: str, event: Event) -> None:
        self._over(job_id)
        passed = event["event"] == "result"
        self.packaged.emit(job_id, passed, str(event["package"]) if passed else str(event["error"]))


def verified_sentence(event: Event) -> str:
    """What a verification that found nothing wrong compared."""
    said = f"{event['frames']} frames, {int(event.get('source_samples_compared', 0)):,} source samples"
    rerun = event.get("rerun")
    if not rerun:
        return said
    frames = ", ".join(str(number) for number in rerun["frames"])
    return f"{said}; rendered anew and equal: frames {frames} (seed {rerun['seed']})"
