"""Open, save and recover a project: what the keeper's worker does. No Qt; answers are values."""

from __future__ import annotations

import time
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.changes import in_words
from app.document import Document
from app.errors import MasksMissingError, ProjectError, disk_reason
from app.project_io import read_project, save_project
from app.project_lock import Holder, ProjectLock
from app.recent import add_recent
from app.recovery import Recoverable, recover
from app.relink import missing_media

JOURNAL_SECONDS = 30.0
"""How long a save waits for the journal to take note of it; an autosave that hangs must not keep one from saving."""


@dataclass(frozen=True)
class Opened:
    """lock: None where the project is for reading only, or has no file. revision: None = no file holds this work."""

    document: Document
    path: Path | None
    revision: str | None
    lock: ProjectLock | None
    read_only: bool = False
    away: tuple[str, ...] = ()
    """Ids of clips whose media is not where it was."""
    warnings: tuple[ProjectError, ...] = ()
    recovered: Recoverable | None = None


@dataclass(frozen=True)
class Held:
    """Somebody else works on that project."""

    path: Path
    holder: Holder


@dataclass(frozen=True)
class Maskless:
    """The project can be opened only without some of its masks."""

    path: Path
    read_only: bool
    error: ProjectError


@dataclass(frozen=True)
class Found:
    """What sessions that ended badly left."""

    recoverable: tuple[Recoverable, ...]


@dataclass(frozen=True)
class Compared:
    """What recovering would bring back, against the saved project, one line per kind of change."""

    recoverable: Recoverable
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Saved:
    document: Document
    path: Path
    lock: ProjectLock
    at: float
    warnings: tuple[ProjectError, ...] = ()


def open_project(
    path: Path, ours: ProjectLock | None, read_only: bool, masks: Literal["stop", "skip"]
) -> Opened | Held | Maskless:
    """ours: the lock that the session holds now. Raises ProjectError."""
    path = path.resolve()
    lock, holder, warning = (None, None, None) if read_only else _locked(path, ours)
    if holder is not None:
        return Held(path, holder)
    try:
        project = read_project(path, masks)
    except ProjectError as error:
        if lock is not None and lock is not ours:
            lock.release()
        if isinstance(error, MasksMissingError):
            return Maskless(path, read_only, error)
        raise
    warnings = [warning] if warning else []
    if project.missing:
        count = len(project.missing)
        what = f"{count} masks are" if count > 1 else "One mask is"
        text = f"{what} missing or damaged; the project was opened without {'them' if count > 1 else 'it'}."
        warnings.append(ProjectError(text, f"The first is {project.missing[0]}."))
    warnings += _remembered(path)
    # Without its missing masks the work is not what the file holds.
    revision = None if project.missing else project.revision
    away = tuple(missing_media(project.document))
    return Opened(project.document, path, revision, lock, read_only or lock is None, away, tuple(warnings))


def save(
    document: Document, path: Path, like: Path | None, ours: ProjectLock | None, revision: str, noted: Future[bool]
) -> Saved:
    """Once the journal knows of it. Raises ProjectError; then the file that was there is as it was."""
    try:
        noted.result(JOURNAL_SECONDS)
    except TimeoutError as error:
        raise ProjectError("The project was not saved: the autosave disk does not answer.", "Try again.") from error
    lock, holder, warning = _locked(path, ours)
    if holder is not None:
        raise ProjectError(f"{path.name} was not saved: {holder} has it open.", "Choose another name.")
    if lock is None:
        raise warning or ProjectError(f"{path.name} was not saved.")
    try:
        save_project(document, path, like=like, revision=revision)
    except ProjectError:
        if lock is not ours:
            lock.release()
        raise
    return Saved(document, path, lock, time.time(), tuple(_remembered(path)))


def recover_project(recoverable: Recoverable, ours: ProjectLock | None) -> Opened:
    """Raises ProjectError; the journal stays."""
    document = recover(recoverable)
    warnings: list[ProjectError] = [ProjectError(recoverable.note)] if recoverable.note else []
    lock: ProjectLock | None = None
    if recoverable.project is not None:
        lock, holder, warning = _locked(recoverable.project.resolve(), ours)
        if holder is not None:
            sentence = f"{recoverable.project.name} is open elsewhere ({holder})."
            warning = ProjectError(sentence, "Save the recovered work under another name.")
        warnings += [warning] if warning else []
    read_only = recoverable.project is not None and lock is None
    away = tuple(missing_media(document))
    return Opened(document, recoverable.project, None, lock, read_only, away, tuple(warnings), recoverable)


def compare(recoverable: Recoverable) -> Compared:
    """Raises ProjectError where the journal or the project cannot be read."""
    saved = read_project(recoverable.project, "skip").document if recoverable.project else Document()
    return Compared(recoverable, in_words(saved, recover(recoverable)))


def _locked(path: Path, ours: ProjectLock | None) -> tuple[ProjectLock | None, Holder | None, ProjectError | None]:
    """The lock, or who holds it, or why there can be none."""
    if ours is not None and ours.project == path:
        return ours, None, None
    lock = ProjectLock(path)
    try:
        holder = lock.acquire()
    except OSError as error:
        sentence = f"{path.name} is for reading only: {disk_reason(error)[0]}."
        return None, None, ProjectError(sentence, "Save under another name to keep changes.")
    return (None, holder, None) if holder is not None else (lock, None, None)


def _remembered(path: Path) -> list[ProjectError]:
    try:
        add_recent(path)
    except ProjectError as error:
        return [error]
    return []
