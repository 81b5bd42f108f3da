"""The session: the document in work, its history, and where the user is in it. Everything in the window observes it."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.document import ClipWork, Document
from app.forensic.rules import refuse_obstacles
from app.history import History, step
from app.notify import Notice, NoticeKind
from engines.errors import SettingError, TratteggioError
from engines.types import FrameNo


class Session(QObject):
    """Lives on the interface thread. Nothing here touches a disk or a pixel."""

    document_changed = Signal(object, object)
    """before, after: Document."""
    clip_changed = Signal(str)
    """The active clip's id, "" = none."""
    playhead_changed = Signal(int)
    history_changed = Signal()
    """Names of what undo and redo do, or whether there is unsaved work."""
    project_changed = Signal()
    """Path, time of saving, or read-only state; also after another project was loaded."""
    notified = Signal(object)
    """Notice."""
    stepped = Signal(object)
    """app.history.Step, for each committed change in the order it happened; undo and redo come as steps, too."""

    def __init__(self, document: Document | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document or Document()
        self._saved: Document | None = self._document
        self._history = History()
        self._clip_id = self._document.clips[0].id if self._document.clips else ""
        self._playhead: FrameNo = 0
        self._playheads: dict[str, FrameNo] = {}
        self._gesture: tuple[str, Document] | None = None
        self.path: Path | None = None
        self.saved_at: float | None = None
        self.read_only = False

    @property
    def document(self) -> Document:
        return self._document

    @property
    def clip_id(self) -> str:
        return self._clip_id

    @property
    def clip(self) -> ClipWork | None:
        """The active clip."""
        return self._document.clip(self._clip_id) if self._clip_id else None

    @property
    def playhead(self) -> FrameNo:
        return self._playhead

    @property
    def dirty(self) -> bool:
        """Whether the document differs from the saved one; undoing back to it counts as saved."""
        return self._document is not self._saved

    @property
    def undo_name(self) -> str:
        """What undo takes back, "" = nothing. During a gesture that is the gesture."""
        return self._gesture[0] if self._gesture else self._history.undo_name

    @property
    def redo_name(self) -> str:
        return "" if self._gesture else self._history.redo_name

    @property
    def gesturing(self) -> bool:
        return self._gesture is not None

    def do(self, name: str, after: Document) -> None:
        """One named undo step. No-op where `after` is the document. A gesture under way goes on from `after`.

        What forensic mode refuses is said and not done.
        """
        if after is self._document or self._refused(after):
            return
        gesture = self._gesture
        if gesture is not None:
            self.commit()
        before = self._document
        self._replace(after)
        self._push(name, before)
        if gesture is not None:
            self._gesture = (gesture[0], after)

    def begin(self, name: str) -> None:
        """Start a gesture: every `update` until `commit` makes one undo step. Ends a gesture under way."""
        self.commit()
        self._gesture = (name, self._document)

    def update(self, after: Document) -> None:
        """Show the gesture's state so far. Ignored where the gesture was taken back by undo.

        What forensic mode refuses is said and ends the gesture.
        """
        if self._gesture is None:
            return
        if self._refused(after):
            self.abandon()
        else:
            self._replace(after)

    def commit(self) -> None:
        """End the gesture; it becomes a step unless nothing changed."""
        if self._gesture is None:
            return
        name, before = self._gesture
        self._gesture = None
        if before is not self._document:
            self._push(name, before)

    def abandon(self) -> None:
        """End the gesture and go back to where it began."""
        if self._gesture is not None:
            before = self._gesture[1]
            self._gesture = None
            self._replace(before)
            self.history_changed.emit()

    @Slot()
    def undo(self) -> None:
        """Take back the last step, or the gesture under way, and go to where it happened."""
        if self._gesture is not None:
            self.abandon()
            return
        taken = self._history.undo()
        if taken is not None:
            self._travel(taken.name, taken.before, taken.clip_id, taken.frame)

    @Slot()
    def redo(self) -> None:
        """Do the last undone step again and go to where it happens. Nothing during a gesture."""
        again = self._history.redo() if self._gesture is None else None
        if again is not None:
            self._travel(again.name, again.after, again.clip_id, again.frame)

    @Slot(str)
    def set_clip(self, clip_id: str) -> None:
        """Make a clip active, at the frame where it was left; "" = none. Raises KeyError."""
        if clip_id == self._clip_id:
            return
        if clip_id:
            self._document.clip(clip_id)
        self._playheads[self._clip_id] = self._playhead
        self._clip_id = clip_id
        self._playhead = self._clamped(self._playheads.get(clip_id, 0))
        self.clip_changed.emit(clip_id)
        self.playhead_changed.emit(self._playhead)

    @Slot(int)
    def seek(self, frame: FrameNo) -> None:
        """Move the playhead, clamped to the clip."""
        frame = self._clamped(frame)
        if frame != self._playhead:
            self._playhead = frame
            self.playhead_changed.emit(frame)

    def notify(self, sentence: str, hint: str = "", kind: NoticeKind = "info") -> None:
        self.notified.emit(Notice(kind, sentence, hint))

    def notify_error(self, error: TratteggioError) -> None:
        self.notified.emit(Notice.of(error))

    def load(
        self, document: Document, path: Path | None = None, *, saved: bool = True, read_only: bool = False
    ) -> None:
        """Another project: history starts anew. saved: whether `path` holds exactly this document."""
        self._gesture = None
        self._history.clear()
        self._playheads.clear()
        self.path, self.read_only = path, read_only
        self._saved = document if saved else None
        self.saved_at = time.time() if saved and path is not None else None
        self._replace(document)
        if document.clips:
            self.set_clip(document.clips[0].id)
        self.seek(0)
        self.history_changed.emit()
        self.project_changed.emit()

    def mark_saved(self, document: Document, path: Path, at: float) -> None:
        """`path` holds `document`, which may be older than the one in work by now."""
        self._saved, self.path, self.saved_at, self.read_only = document, path, at, False
        self.history_changed.emit()
        self.project_changed.emit()

    def _refused(self, after: Document) -> bool:
        try:
            refuse_obstacles(after, self._document)
        except SettingError as error:
            self.notify_error(error)
            # Controls show again what is.
            self.document_changed.emit(self._document, self._document)
            return True
        return False

    def _push(self, name: str, before: Document) -> None:
        made = step(name, before, self._document, self._clip_id, self._playhead)
        self._history.push(made)
        self.stepped.emit(made)
        self.history_changed.emit()

    def _travel(self, name: str, to: Document, clip_id: str, frame: FrameNo | None) -> None:
        before = self._document
        self._replace(to)
        if any(clip.id == clip_id for clip in to.clips):
            self.set_clip(clip_id)
            if frame is not None:
                self.seek(frame)
        self.stepped.emit(step(name, before, to, self._clip_id, self._playhead))
        self.history_changed.emit()

    def _replace(self, after: Document) -> None:
        before = self._document
        if after is before:
            return
        self._document = after
        gone = bool(self._clip_id) and all(clip.id != self._clip_id for clip in after.clips)
        if gone:
            # Who hears of the change must not find an active clip that is no longer there.
            self._clip_id = after.clips[0].id if after.clips else ""
        playhead = self._clamped(self._playheads.get(self._clip_id, 0) if gone else self._playhead)
        moved, self._playhead = playhead != self._playhead, playhead
        self.document_changed.emit(before, after)
        if gone:
            self.clip_changed.emit(self._clip_id)
        if gone or moved:
            self.playhead_changed.emit(self._playhead)

    def _clamped(self, frame: FrameNo) -> FrameNo:
        clip = self.clip
        return min(max(frame, 0), max(clip.media.frame_count - 1, 0)) if clip else 0
