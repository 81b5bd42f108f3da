"""Recovery: what journals of sessions that ended badly hold, and the documents they lead to."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from filelock import Timeout

from app.command_journal import Contents, changed, read_journal
from app.document import Document
from app.errors import ProjectError
from app.journal_folder import Origin, journals, lock_of
from app.project_format import Values
from app.project_io import SUFFIX, load_project, revision_of

T = TypeVar("T")


@dataclass(frozen=True)
class Recoverable:
    """Work that no project file holds. project: the file it belongs to, None where it was never saved.

    at: seconds since 1970 of the last step. steps: how many since the last save. names: of the last of them.
    note: a sentence where not all can be had.
    """

    folder: Path
    project: Path | None
    at: float
    steps: int
    names: tuple[str, ...] = ()
    note: str = ""


def find_recoverable() -> list[Recoverable]:
    """Newest first. Journals of running sessions are left alone; those with nothing unsaved are removed."""
    found: list[Recoverable] = []
    folder = journals()
    for entry in sorted(folder.iterdir()) if folder.is_dir() else []:
        if not entry.is_dir():
            continue
        known = _unlocked(entry, _describe)
        if known is not None and known.steps == 0 and not known.note:
            discard(known)
        elif known is not None:
            found.append(known)
    return sorted(found, key=lambda known: known.at, reverse=True)


def recover(recoverable: Recoverable) -> Document:
    """The document with every step the journal holds. Raises ProjectError; the journal stays as it is."""
    path, contents = _newest(recoverable.folder)
    try:
        head = contents.entries[0]
        document, skipped = _base(path, head, contents)
        steps = [entry for entry in contents.entries if entry["kind"] == "step"]
        for entry in steps[skipped:]:
            document = changed(document, entry["change"])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _unusable(recoverable.folder) from error
    return document


def discard(recoverable: Recoverable) -> None:
    """Remove the journal for good; one that a session holds again stays."""
    _unlocked(recoverable.folder, lambda folder: shutil.rmtree(folder, ignore_errors=True))


def _describe(folder: Path) -> Recoverable:
    try:
        path, contents = _newest(folder)
        origin = _origin(contents)
        project, saved = _saved(origin)
        names = [str(entry["name"]) for entry in contents.entries if entry["kind"] == "step"]
        steps = 0 if contents.entries[0]["base"] == "none" else origin.count - saved
    except ProjectError as error:
        return Recoverable(folder, None, folder.stat().st_mtime, 0, note=error.sentence)
    except (AttributeError, KeyError, TypeError, ValueError):
        return Recoverable(folder, None, folder.stat().st_mtime, 0, note=_unusable(folder).sentence)
    return Recoverable(
        folder, project, path.stat().st_mtime, steps, tuple(names[-min(steps, 5) :] if steps else ()), _note(contents)
    )


def _note(contents: Contents) -> str:
    if not contents.broken:
        return ""
    return f"The journal is damaged: {contents.broken} later entries cannot be read, what was before them can."


def _newest(folder: Path) -> tuple[Path, Contents]:
    """The journal that counts: the highest number with a whole head."""
    for path in sorted(folder.glob("*.journal"), reverse=True):
        try:
            contents = read_journal(path)
        except OSError as error:
            raise ProjectError(f"The journal {path} cannot be read.", "Check the disk.") from error
        if contents.entries and contents.entries[0].get("kind") == "head":
            return path, contents
    # Killed before its first line was whole: no step was ever committed to it.
    return folder, Contents(({"kind": "head", "base": "empty", **Origin().values()},))


def _origin(contents: Contents) -> Origin:
    """How things stood after the last line."""
    origin = Origin.of(contents.entries[0])
    for entry in contents.entries[1:]:
        if entry["kind"] == "saving":
            origin.project = Path(entry["project"])
            origin.marks[str(entry["revision"])] = (origin.project, origin.count)
        else:
            origin.count += 1
    return origin


def _saved(origin: Origin) -> tuple[Path | None, int]:
    """The file of the last save that came about, and how many steps it holds."""
    for revision, (path, count) in reversed(origin.marks.items()):
        if _is_of(path, revision):
            return path, count
    return origin.project, 0


def _base(journal: Path, head: Values, contents: Contents) -> tuple[Document, int]:
    """What to apply the journal's steps to, and how many of them it holds already."""
    if head["base"] == "snapshot":
        return load_project(journal.with_suffix(SUFFIX)), 0
    origin = _origin(contents)
    project, saved = _saved(origin)
    if project is not None and saved:
        return load_project(project), saved
    if head["base"] == "empty":
        return Document(), 0
    if project is None or not any(_is_of(path, revision) for revision, (path, _) in origin.marks.items()):
        name = project.name if project else "The project"
        raise ProjectError(
            f"{name} was changed by another program or is gone; the journal's steps do not fit it.",
            "Put the file back as it was, then recover.",
        )
    return load_project(project), 0


def _is_of(path: Path, revision: str) -> bool:
    try:
        return revision_of(path) == revision
    except ProjectError:
        return False


def _unlocked(folder: Path, work: Callable[[Path], T]) -> T | None:
    """Answer of `work` while no session writes there; None where one does."""
    lock = lock_of(folder)
    try:
        with lock:
            return work(folder)
    except Timeout:
        return None


def _unusable(folder: Path) -> ProjectError:
    return ProjectError(f"The journal in {folder} cannot be understood.", "Open the saved project instead.")
