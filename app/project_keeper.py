"""Keeps a session's project on the disk: opens, saves and recovers on a worker, and autosaves all along."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app import project_work
from app.autosave import Autosave
from app.document import Document
from app.errors import ProjectError
from app.project_io import new_revision
from app.project_lock import ProjectLock
from app.project_work import Compared, Found, Held, Maskless, Opened, Saved
from app.recovery import Recoverable, discard, find_recoverable
from app.session import Session

_Outcome = Opened | Held | Maskless | Saved | Found | Compared | ProjectError


class ProjectKeeper(QObject):
    """One at a time, in order; the window goes on meanwhile. Whether unsaved work may go is asked before, by others."""

    opened = Signal(object)
    """Path or None: the session holds the project, or the recovered work, now."""
    saved = Signal(object)
    """Path."""
    refused = Signal(object)
    """TratteggioError; nothing changed, neither in memory nor in the file."""
    held = Signal(object, object)
    """path, Holder: somebody else has it open. `open(path, read_only=True)` would do."""
    maskless = Signal(object)
    """Maskless: some masks cannot be read. `open(path, masks="skip")` would do."""
    media_away = Signal(object)
    """Ids of the clips whose media is not where it was, after `opened`."""
    found = Signal(object)
    """tuple of Recoverable, newest first: what `look_for_work` found."""
    compared = Signal(object, object)
    """Recoverable, tuple of lines in words."""
    _came = Signal(object)

    def __init__(self, session: Session, minutes: float = 3.0, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._lock: ProjectLock | None = None  # the worker's own: two saves in a row must not lock out each other
        self._waiting = 0
        self._closed = False
        self.autosave = Autosave(session, minutes, self)
        self._pool = ThreadPoolExecutor(1, "project")
        self._came.connect(self._arrive, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether something is still being opened or saved."""
        return self._waiting > 0

    def new(self) -> None:
        """An empty project without a file."""
        self._pool.submit(self._hold, None)
        document = Document()
        self.autosave.begin(document, None, "")
        self._session.load(document)
        self.opened.emit(None)

    def open(self, path: Path, *, read_only: bool = False, masks: Literal["stop", "skip"] = "stop") -> None:
        """Answers by `opened`, `held`, `maskless` or `refused`. masks "skip": open without those that are missing."""
        self._submit(lambda: project_work.open_project(path, self._lock, read_only, masks))

    def save(self, path: Path | None = None) -> None:
        """Save under `path`, default where the project is. Answers by `saved` or `refused`."""
        session = self._session
        target = path or session.path
        if target is None or (session.read_only and session.path is not None and target == session.path):
            name = target.name if target else "The project"
            self.refused.emit(ProjectError(f"{name} cannot be saved there.", "Save under another name."))
            return
        target = target.resolve()
        document, like, revision = session.document, session.path, new_revision()
        noted = self.autosave.note_saving(revision, target)
        self._submit(lambda: project_work.save(document, target, like, self._lock, revision, noted))

    def recover(self, recoverable: Recoverable) -> None:
        """The recovered work becomes the session's, unsaved; the journal goes once that is kept anew."""
        self._submit(lambda: project_work.recover_project(recoverable, self._lock))

    def look_for_work(self) -> None:
        """Once at the start: what sessions that ended badly left. Answers by `found`."""
        self._submit(lambda: Found(tuple(find_recoverable())))

    def compare(self, recoverable: Recoverable) -> None:
        """What the saved project lacks. Answers by `compared` or `refused`."""
        self._submit(lambda: project_work.compare(recoverable))

    def discard(self, recoverable: Recoverable) -> None:
        """Remove left work for good."""
        self._pool.submit(discard, recoverable)

    def close(self, keep_journal: bool = False) -> None:
        """Waits for saves under way. keep_journal: offer the unsaved work at the next start."""
        self._closed = True
        self._pool.shutdown(wait=True)
        self.autosave.close(keep_journal)
        self._hold(None)

    def _submit(self, work: Callable[[], _Outcome]) -> None:
        self._waiting += 1
        self._pool.submit(self._run, work)

    def _run(self, work: Callable[[], _Outcome]) -> None:
        try:
            outcome = work()
            if isinstance(outcome, Opened | Saved):
                self._hold(outcome.lock)
        except ProjectError as error:
            outcome = error
        except Exception as error:
            self._came.emit(ProjectError("The project could not be handled.", f"{type(error).__name__}: {error}"))
            raise
        self._came.emit(outcome)

    @Slot(object)
    def _arrive(self, outcome: _Outcome) -> None:
        self._waiting -= 1
        if self._closed:
            return
        if isinstance(outcome, Opened):
            self._take(outcome)
        elif isinstance(outcome, Saved):
            self._session.mark_saved(outcome.document, outcome.path, outcome.at)
            self._warn(outcome.warnings)
            self.saved.emit(outcome.path)
        elif isinstance(outcome, Held):
            self.held.emit(outcome.path, outcome.holder)
        elif isinstance(outcome, Maskless):
            self.maskless.emit(outcome)
        elif isinstance(outcome, Found):
            self.found.emit(outcome.recoverable)
        elif isinstance(outcome, Compared):
            self.compared.emit(outcome.recoverable, outcome.lines)
        else:
            self.refused.emit(outcome)

    def _take(self, outcome: Opened) -> None:
        whole = outcome.revision is not None
        # The journal first: whoever hears of the new document may change it at once.
        kept = self.autosave.begin(outcome.document, outcome.path, outcome.revision)
        self._session.load(outcome.document, outcome.path, saved=whole, read_only=outcome.read_only)
        if outcome.recovered is not None:
            self._pool.submit(_discarded, outcome.recovered, kept)
        self._warn(outcome.warnings)
        self.opened.emit(outcome.path)
        if outcome.away:
            self.media_away.emit(list(outcome.away))

    def _warn(self, warnings: tuple[ProjectError, ...]) -> None:
        for warning in warnings:
            self._session.notify(warning.sentence, warning.hint, "warning")

    def _hold(self, to: ProjectLock | None) -> None:
        if self._lock is not None and self._lock is not to:
            self._lock.release()
        self._lock = to


def _discarded(recoverable: Recoverable, kept: Future[bool]) -> None:
    if kept.result():
        discard(recoverable)
