"""Autosave: a thread that journals every committed step at once, and snapshots the whole work now and then."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.document import Document
from app.history import Step
from app.journal_writer import JournalWriter
from app.notify import Notice
from app.session import Session


class Autosave(QObject):
    """Follows `session.stepped`. A step costs the interface thread no more than handing it over."""

    noticed = Signal(object)
    """Notice; emitted on the thread."""

    def __init__(self, session: Session, minutes: float = 3.0, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._writer = JournalWriter(minutes, self.noticed.emit)
        session.stepped.connect(self._keep)
        self.noticed.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._writer.run, name="autosave", daemon=True)
        self._thread.start()

    def begin(self, document: Document, project: Path | None, revision: str | None) -> Future[bool]:
        """Another project; the journal of the one before is dropped. Answers whether the new one is kept.

        revision: of `project` when it was read, "" for an empty document; None = no file holds `document`, so it
        is copied at once.
        """
        return self._writer.begin(document, project, revision)

    def note_saving(self, revision: str, project: Path) -> Future[bool]:
        """All steps so far will be in `project` once it is of this revision. Wait for the answer before saving."""
        return self._writer.note_saving(revision, project)

    def set_minutes(self, minutes: float) -> None:
        self._writer.minutes = minutes

    def close(self, keep: bool = False) -> None:
        """Waits until all is written. keep: leave the journal for a recovery; else it is dropped."""
        if self._thread.is_alive():
            self._writer.finish(keep)
            self._thread.join()

    @Slot(object)
    def _keep(self, step: Step) -> None:
        self._writer.keep(step)

    @Slot(object)
    def _tell(self, notice: Notice) -> None:
        self._session.notified.emit(notice)
