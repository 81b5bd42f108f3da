"""Writes the journal of a session from a queue of steps: what the autosave thread does."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from app.command_journal import change
from app.document import Document
from app.errors import ProjectError, disk_reason
from app.history import Step
from app.journal_folder import JournalFolder, Origin
from app.notify import Notice
from app.project_format import Values

JOURNAL_BYTES = 32 * 2**20
"""A journal larger than this is replaced by a snapshot."""
RETRY_SECONDS = 5.0
"""After the disk refused."""


@dataclass(frozen=True)
class _Begin:
    document: Document
    project: Path | None
    revision: str | None
    done: Future[bool] = field(default_factory=Future)


@dataclass(frozen=True)
class _Saving:
    revision: str
    project: Path
    done: Future[bool] = field(default_factory=Future)


@dataclass(frozen=True)
class _Finish:
    keep: bool


@dataclass(frozen=True)
class _Copied:
    """A snapshot was written beside the journal, or was not."""

    folder: JournalFolder
    origin: Origin
    error: Exception | None


_Task = _Begin | Step | _Saving | _Finish | _Copied


class JournalWriter:
    """`run` belongs to one thread, everything else public may be called from any."""

    def __init__(self, minutes: float, tell: Callable[[Notice], object]) -> None:
        self.minutes = minutes
        self._tell = tell
        self._tasks: queue.SimpleQueue[_Task] = queue.SimpleQueue()
        self._folder: JournalFolder | None = None
        self._document = Document()
        self._origin = Origin()
        self._due: float | None = None
        """When the next snapshot is due; None while nothing happened since the last."""
        self._refused = self._told = False
        self._copier: threading.Thread | None = None
        self._since: list[Values] = []
        """Entries since the copying began."""

    def begin(self, document: Document, project: Path | None, revision: str | None) -> Future[bool]:
        task = _Begin(document, project, revision)
        self._tasks.put(task)
        return task.done

    def keep(self, step: Step) -> None:
        self._tasks.put(step)

    def note_saving(self, revision: str, project: Path) -> Future[bool]:
        task = _Saving(revision, project)
        self._tasks.put(task)
        return task.done

    def finish(self, keep: bool) -> None:
        self._tasks.put(_Finish(keep))

    def run(self) -> None:
        """Until `finish`."""
        while True:
            lines: list[Step | _Saving] = []
            for task in self._next():
                if isinstance(task, Step | _Saving):
                    lines.append(task)
                    continue
                self._write(lines)
                lines = []
                if isinstance(task, _Finish):
                    self._end(task.keep)
                    return
                if isinstance(task, _Copied):
                    self._copied(task)
                else:
                    self._start(task)
            self._write(lines)
            if self._due is not None and time.monotonic() >= self._due:
                self._copy()

    def _next(self) -> list[_Task]:
        """All that waits, at least one task unless a snapshot is due first."""
        wait = None if self._due is None else max(self._due - time.monotonic(), 0.0)
        found: list[_Task] = []
        try:
            found.append(self._tasks.get(timeout=wait))
            while True:
                found.append(self._tasks.get_nowait())
        except queue.Empty:
            return found

    def _start(self, task: _Begin) -> None:
        self._wait_for_copy()
        past, self._folder = self._folder, None
        self._document, self._due, self._refused = task.document, None, False
        self._origin = Origin(task.project)
        if task.revision is None:
            self._origin.count = 1  # what no file holds counts as a step
            self._copy_now()
        elif task.revision and task.project:
            self._origin.marks[task.revision] = (task.project, 0)
        if past is not None:
            past.remove()
        task.done.set_result(not self._refused)

    def _write(self, tasks: list[Step | _Saving]) -> None:
        """One wait for the disk however many steps there are."""
        if not tasks:
            return
        entries = [self._entry(task) for task in tasks]
        if self._copier is not None:
            self._since += entries
        if not self._refused:
            try:
                self._append(entries, tasks)
            except OSError as error:
                self._refuse(error)
        for task in tasks:
            self._took(task)

    def _append(self, entries: list[Values], tasks: list[Step | _Saving]) -> None:
        if self._folder is None:
            if not any(isinstance(task, Step) for task in tasks):
                return  # nothing to recover yet
            self._folder = JournalFolder(self._origin)
        self._folder.append(entries)

    def _took(self, task: Step | _Saving) -> None:
        if isinstance(task, _Saving):
            self._origin.marks[task.revision] = (task.project, self._origin.count)
            self._origin.project = task.project
            task.done.set_result(not self._refused)
            return
        self._origin.count += 1
        self._document = task.after
        if self._copier is not None:
            return  # what is due next is known when the copy is done
        if self._due is None:
            self._due = time.monotonic() + self.minutes * 60
        if self._folder is not None and self._folder.size > JOURNAL_BYTES and not self._told:
            self._due = time.monotonic()

    def _entry(self, task: Step | _Saving) -> Values:
        if isinstance(task, _Saving):
            return {"kind": "saving", "revision": task.revision, "project": str(task.project)}
        return {"kind": "step", "name": task.name, "at": time.time(), "change": change(task.before, task.after)}

    def _copy(self) -> None:
        """Begin a snapshot beside the journal, which goes on. It also heals one that missed steps."""
        self._due = None
        try:
            folder = self._folder = self._folder or JournalFolder(self._origin)
        except OSError as error:
            self._refuse(error)
            return
        document, origin = self._document, self._origin.copy()
        self._since = []
        self._copier = threading.Thread(target=self._copying, args=(folder, document, origin), name="autosave copy")
        self._copier.start()

    def _copying(self, folder: JournalFolder, document: Document, origin: Origin) -> None:
        try:
            folder.prepare(document, origin.project)
        except (OSError, ProjectError) as error:
            self._tasks.put(_Copied(folder, origin, error))
        else:
            self._tasks.put(_Copied(folder, origin, None))

    def _copied(self, task: _Copied) -> None:
        if task.folder is not self._folder or self._copier is None:
            return  # of a project that was closed meanwhile
        self._wait_for_copy()
        since, self._since = self._since, []
        if task.error is not None:
            self._refuse(task.error, whole=not self._refused)
            return
        try:
            task.folder.switch(task.origin, since)
        except OSError as error:
            self._refuse(error)
            return
        self._kept(any(entry["kind"] == "step" for entry in since))

    def _copy_now(self) -> None:
        try:
            self._folder = JournalFolder(self._origin)
            self._folder.prepare(self._document, self._origin.project)
            self._folder.switch(self._origin, ())
        except (OSError, ProjectError) as error:
            self._refuse(error)
        else:
            self._kept(False)

    def _kept(self, more: bool) -> None:
        self._due = time.monotonic() + self.minutes * 60 if more else None
        self._refused = False
        if self._told:
            self._told = False
            self._tell(Notice("info", "Autosave works again; all work is kept."))

    def _wait_for_copy(self) -> None:
        if self._copier is not None:
            self._copier.join()
            self._copier = None

    def _refuse(self, error: Exception, whole: bool = False) -> None:
        """Said once, tried again every few seconds. whole: the journal itself still takes every step."""
        cause = error.__cause__ if isinstance(error, ProjectError) and error.__cause__ else error
        self._refused = self._refused or not whole
        if self._copier is None:  # else what is due next is known when the copy is done
            self._due = time.monotonic() + RETRY_SECONDS
        if self._told:
            return
        self._told = True
        why, hint = disk_reason(cause) if isinstance(cause, OSError) else (str(cause), "")
        self._tell(Notice("warning", f"Autosave stopped: {why}. You can go on working.", f"{hint} Save soon.".strip()))

    def _end(self, keep: bool) -> None:
        self._wait_for_copy()
        if self._folder is None:
            return
        if keep:
            self._folder.close()
        else:
            self._folder.remove()
