"""Where a running session keeps its journal: a locked folder of numbered journals and the snapshots they start from.

`0000.journal` starts from a project file or from nothing, `0001.journal` from `0001.tratteggio`, and so on. The
journal with the highest number counts; it is begun only when its snapshot is whole.
"""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock

from app.atomic import sync_folder
from app.command_journal import JournalFile, line
from app.data_folder import data_folder
from app.document import Document
from app.project_format import Values
from app.project_io import SUFFIX, masks_folder, save_project


def journals() -> Path:
    """The folder of all sessions' journals."""
    return data_folder() / "journals"


def lock_of(folder: Path) -> FileLock:
    """Held by the session that writes there, for as long as it runs."""
    return FileLock(folder / "lock", timeout=0, thread_local=False)


@dataclass
class Origin:
    """How the work in a journal stands to project files.

    count: steps so far. marks: by revision of a save, the file and the steps it holds. A save may have failed: the
    file itself says which revision it is of.
    """

    project: Path | None = None
    count: int = 0
    marks: dict[str, tuple[Path, int]] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """What steps from here on apply to: a file, nothing, or ("none") only a snapshot would do."""
        if any(count == self.count for _, count in self.marks.values()):
            return "project"
        return "none" if self.count else "empty"

    def copy(self) -> Origin:
        return Origin(self.project, self.count, dict(self.marks))

    def values(self) -> Values:
        marks = {revision: [str(path), count] for revision, (path, count) in self.marks.items()}
        return {"project": str(self.project) if self.project else None, "count": self.count, "marks": marks}

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Origin:
        """Raises KeyError, TypeError or ValueError."""
        marks = {str(revision): (Path(path), int(count)) for revision, (path, count) in values["marks"].items()}
        return cls(Path(values["project"]) if values["project"] else None, int(values["count"]), marks)


class JournalFolder:
    """The journal of one session. Every call may raise OSError; `prepare` ProjectError."""

    def __init__(self, origin: Origin) -> None:
        self.path = journals() / f"{int(time.time())}-{secrets.token_hex(3)}"
        self.path.mkdir(parents=True)
        self._lock = lock_of(self.path)
        self._lock.acquire()
        self._number = 0
        self._file: JournalFile | None = None
        try:
            self._start(0, origin)
        except OSError:
            self.remove()
            raise

    @property
    def size(self) -> int:
        """Bytes of the journal that counts."""
        return self._file.size if self._file else 0

    def append(self, entries: Sequence[Values]) -> None:
        """On the disk when this returns; where it raises, none of them is."""
        if self._file is None:
            raise OSError("the journal is closed")
        self._file.append([line(values) for values in entries])

    def prepare(self, document: Document, project: Path | None) -> None:
        """Write the next snapshot beside what counts; the one call that may run beside `append`."""
        # One thread: nobody waits for it, and somebody may be painting.
        like = self.snapshot(self._number) if self._number else project
        save_project(document, self.snapshot(self._number + 1), like=like, threads=1)

    def switch(self, origin: Origin, entries: Sequence[Values]) -> None:
        """From now on the prepared snapshot counts, and the entries made since. Older journals go."""
        old = self._file
        self._start(self._number + 1, origin, entries)
        if old is not None:
            old.close()
        for past in range(self._number):
            self._drop(past)

    def snapshot(self, number: int) -> Path:
        return self.path / f"{number:04d}{SUFFIX}"

    def remove(self) -> None:
        """The work is saved, or not wanted."""
        self.close()
        shutil.rmtree(self.path, ignore_errors=True)

    def close(self) -> None:
        """Leave the folder for a recovery."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._lock.release()

    def _start(self, number: int, origin: Origin, entries: Sequence[Values] = ()) -> None:
        path = self.path / f"{number:04d}.journal"
        path.unlink(missing_ok=True)  # begun by a switch that failed
        fresh = JournalFile(path)
        head = {"kind": "head", "base": "snapshot" if number else origin.base, **origin.values()}
        try:
            fresh.append([line(values) for values in (head, *entries)])
            sync_folder(self.path)
        except OSError:
            fresh.close()
            path.unlink(missing_ok=True)
            raise
        self._file, self._number = fresh, number

    def _drop(self, number: int) -> None:
        (self.path / f"{number:04d}.journal").unlink(missing_ok=True)
        self.snapshot(number).unlink(missing_ok=True)
        shutil.rmtree(masks_folder(self.snapshot(number)), ignore_errors=True)
