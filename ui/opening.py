"""Clips on their way into the project: opened off the interface thread, and what came of many said at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app import commands
from app.document import Document, Media
from app.open_media import MediaOpener
from app.session import Session
from engines.errors import TratteggioError


class Opening(QObject):
    """A handful dropped together is answered together: one message, however many of them cannot be opened."""

    added = Signal(object, str)
    """Media, and the id of its clip, which is the active one now."""

    def __init__(self, session: Session, opener: MediaOpener, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._opener = session, opener
        self._asked = self._answered = 0
        self._refused: list[TratteggioError] = []
        self._again: list[Media] = []
        self._notes: list[str] = []
        self._unsearched: set[str] = set()
        """Clips that left the project before their cuts were found."""
        opener.opened.connect(self._add)
        opener.refused.connect(self._refuse)
        opener.noted.connect(self._note)
        opener.cuts_found.connect(self._cut)
        session.document_changed.connect(self._on_document)

    def open(self, paths: Sequence[Path]) -> None:
        """Each becomes a clip; one that is in the project already only becomes the active clip."""
        self._asked += len(paths)
        for path in paths:
            self._opener.open(path)

    @Slot(object)
    def _add(self, media: Media) -> None:
        session = self._session
        held = next((clip.id for clip in session.document.clips if clip.media == media), None)
        if held is not None:
            self._again.append(media)
            session.set_clip(held)
            self.added.emit(media, held)
        else:
            document, clip_id = commands.add_clip(session.document, media)
            session.do(self.tr("Add {}").format(media.path.name), document)
            session.set_clip(clip_id)
            self.added.emit(media, clip_id)
            self._opener.find_cuts(session.document.clip(clip_id))
        self._count()

    @Slot(str, object)
    def _refuse(self, _path: str, error: TratteggioError) -> None:
        self._refused.append(error)
        self._count()

    @Slot(str)
    def _note(self, sentence: str) -> None:
        self._notes.append(sentence)

    @Slot(str, object)
    def _cut(self, clip_id: str, starts: tuple[int, ...]) -> None:
        session = self._session
        if any(clip.id == clip_id for clip in session.document.clips):
            session.do(self.tr("Find cuts"), commands.set_cuts(session.document, clip_id, starts))

    @Slot(object, object)
    def _on_document(self, before: Document, after: Document) -> None:
        there = {clip.id: clip for clip in after.clips}
        if there.keys() == {clip.id for clip in before.clips}:
            return
        self._unsearched |= self._opener.keep(there)
        for clip_id in self._unsearched & there.keys():
            self._unsearched.remove(clip_id)
            if not there[clip_id].cuts_known:
                self._opener.find_cuts(there[clip_id])

    def _count(self) -> None:
        self._answered += 1
        if self._answered < self._asked:
            return
        self._tell_refused()
        self._tell_again()
        self._tell_notes()
        self._asked = self._answered = 0
        for told in (self._refused, self._again, self._notes):
            told.clear()

    def _tell_refused(self) -> None:
        if not self._refused:
            return
        error = self._refused[0]
        if len(self._refused) == 1:
            self._session.notify_error(error)
            return
        self._session.notify(
            self.tr("{0} of {1} could not be opened.").format(len(self._refused), self._asked),
            self.tr("The first: {0}").format(error.sentence),
            "error",
        )

    def _tell_again(self) -> None:
        if len(self._again) == 1:
            sentence = self.tr("{0} is in the project already.").format(self._again[0].path.name)
            self._session.notify(sentence, self.tr("It is the active clip now."))
        elif self._again:
            sentence = self.tr("{0} clips are in the project already.").format(len(self._again))
            self._session.notify(sentence, self.tr("They were not added again."))

    def _tell_notes(self) -> None:
        if len(self._notes) == 1:
            self._session.notify(self._notes[0])
        elif self._notes:
            sentence = self.tr("{0} remarks about what was opened.").format(len(self._notes))
            self._session.notify(sentence, self.tr("The first: {0}").format(self._notes[0]))
