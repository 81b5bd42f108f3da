"""Jobs on disk: `jobs/ID/job.json` and the masks of the order. A job belongs to the program that holds its lock."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from app.jobs.values import JobRecord
from engines.errors import SettingError
from engines.media.sink import refusals, whole_file
from engines.plain_file import read_words


class JobStore:
    """Keeps records in a folder. All methods touch the disk: call them off the interface thread, one at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._locks: dict[str, FileLock] = {}

    def masks(self, job_id: str) -> Path:
        """Where the masks of a job lie."""
        return self.folder / job_id / "masks"

    def claim(self, job_id: str) -> bool:
        """Take hold of a job; False where another running program has it. Raises RenderError."""
        with refusals(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / f"{job_id}.lock", thread_local=False)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                return False
        self._locks[job_id] = lock
        return True

    def save(self, record: JobRecord) -> None:
        """Whole or not at all. Raises RenderError."""
        with whole_file(self.folder / record.id / "job.json") as partial:
            partial.write_text(record.to_json(), encoding="utf-8")

    def load(self, say: Callable[[str], None]) -> tuple[JobRecord, ...]:
        """Claim and return what no running program holds, in order. What cannot be read is said and left there."""
        if not self.folder.is_dir():
            return ()
        found: list[JobRecord] = []
        for folder in sorted(entry for entry in self.folder.iterdir() if entry.is_dir()):
            if self.claim(folder.name):
                found += self._read(folder, say)
        return tuple(sorted(found, key=lambda record: record.order))

    def _read(self, folder: Path, say: Callable[[str], None]) -> list[JobRecord]:
        path = folder / "job.json"
        if not path.exists():
            # The program ended while the job was being prepared: nothing was rendered yet.
            self.remove(folder.name)
            return []
        try:
            record = JobRecord.from_json(read_words(path))
            if record.id != folder.name:
                # Masks are looked for, and removed, under this name.
                raise ValueError("it is of another job")
            return [record]
        except (OSError, ValueError, TypeError, SettingError) as error:
            say(f"The job in {folder} cannot be read ({error}).")
            return []

    def remove(self, job_id: str) -> None:
        """Forget a job with its masks. Raises RenderError."""
        with refusals(self.folder / job_id):
            if (self.folder / job_id).exists():
                shutil.rmtree(self.folder / job_id)
        self._release(job_id)
        (self.folder / f"{job_id}.lock").unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of every job, so that another program may take them over."""
        for job_id in tuple(self._locks):
            self._release(job_id)

    def _release(self, job_id: str) -> None:
        lock = self._locks.pop(job_id, None)
        if lock is not None:
            lock.release()
