"""Timelines of editing programs, into the project and out of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from app.interchange.suffixes import SUFFIXES
from app.open_media import MediaOpener
from app.session import Session
from app.timeline_desk import ReadTimeline, TimelineDesk
from engines.errors import TratteggioError
from ui.dialogs.timeline_dialog import TimelineDialog

if TYPE_CHECKING:
    from app.interchange.importing import Prepared


class TimelineVerbs(QObject):
    """Files are read and written on a thread; the project changes in one step that can be undone."""

    def __init__(self, window: QWidget, session: Session, opener: MediaOpener) -> None:
        super().__init__(window)
        self._window, self._session, self._opener = window, session, opener
        self._desk = TimelineDesk(self)
        queued = Qt.ConnectionType.QueuedConnection
        self._desk.read.connect(self._offer, queued)
        self._desk.written.connect(self._tell_written, queued)
        self._desk.refused.connect(session.notify_error, queued)

    def close(self) -> None:
        """End the thread."""
        self._desk.close()

    def choose(self) -> None:
        """Import one."""
        dialog = self._dialog(self.tr("Import timeline"), QFileDialog.AcceptMode.AcceptOpen)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.take(Path(path)))
        dialog.open()

    def take(self, path: Path, named: Sequence[Path] = ()) -> None:
        """Read it and ask how to take it in. named: media that it may speak of."""
        self._session.commit()
        self._desk.ask(path, self._session.document, named)

    def export(self) -> None:
        """Ask where, and write the shots of all clips between their in and out points."""
        dialog = self._dialog(self.tr("Export timeline"), QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIXES[0].lstrip("."))
        project = self._session.path
        dialog.selectFile((project.stem if project else self.tr("timeline")) + SUFFIXES[0])
        dialog.fileSelected.connect(lambda path: self.write(Path(path)))
        dialog.open()

    def write(self, path: Path) -> None:
        """As `path` says by its suffix; an older file is replaced."""
        self._session.commit()
        self._desk.write(self._session.document, path)

    @Slot(object)
    def _offer(self, read: ReadTimeline) -> None:
        dialog = TimelineDialog(read, self._window)
        dialog.chosen.connect(self._apply)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(object)
    def _apply(self, prepared: Prepared) -> None:
        session = self._session
        try:
            applied = prepared.apply(session.document)
        except TratteggioError as error:
            session.notify_error(error)
            return
        session.do(self.tr("Import timeline {0}").format(prepared.cutting.name), applied.document)
        session.set_clip(applied.clips[0])
        for clip_id in applied.clips:
            clip = session.document.clip(clip_id)
            if not clip.cuts_known:
                self._opener.find_cuts(clip)
        told = self.tr("The timeline {0} is taken in; clips it reached: {1}.")
        hint = applied.notes[0] if applied.notes else ""
        more = self.tr(" And {0} more remarks.").format(len(applied.notes) - 1) if len(applied.notes) > 1 else ""
        session.notify(told.format(prepared.cutting.name, len(applied.clips)), hint + more)

    @Slot(object, int)
    def _tell_written(self, path: Path, shots: int) -> None:
        self._session.notify(self.tr("{0} is written; shots in it: {1}.").format(path.name, shots), str(path.parent))

    def _dialog(self, title: str, mode: QFileDialog.AcceptMode) -> QFileDialog:
        dialog = QFileDialog(self._window, title)
        dialog.setAcceptMode(mode)
        patterns = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        dialog.setNameFilter(self.tr("Timelines ({0})").format(patterns))
        dialog.finished.connect(dialog.deleteLater)
        session = self._session
        if session.path is not None:
            dialog.setDirectory(str(session.path.parent))
        elif session.document.clips:
            dialog.setDirectory(str(session.document.clips[0].media.path.parent))
        return dialog
