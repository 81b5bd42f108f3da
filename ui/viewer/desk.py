"""The painter's desk: the stroke in work on the frame shown, from press to release, and what it does to the session."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QObject, Signal, Slot

from app import commands
from app.document import ClipWork, Document, Layer
from app.mask_plane import Coverage, MaskPlane
from app.session import Session
from app.stroke import Change, Stroke
from app.view_state import ViewState
from engines.types import FrameNo, Rect

_KEPT = 6


class Desk(QObject):
    """One gesture is one undo step. Unpacked masks of the last frames are kept, so that a stroke starts at once."""

    painted = Signal(str, object)
    """Layer, and the Rect of source pixels that changed."""
    finished = Signal(str, object)
    """Layer, and the MaskPlane that came out of the stroke."""
    dropped = Signal()
    """The stroke was taken back."""
    repeatable_changed = Signal()

    def __init__(self, session: Session, state: ViewState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._state = session, state
        self._unpacked: OrderedDict[int, tuple[MaskPlane, Coverage]] = OrderedDict()
        self.stroke: Stroke | None = None
        self._place: tuple[str, Layer, FrameNo] = ("", "damage", 0)
        self._origin: MaskPlane | None = None
        self._last: tuple[list[Change], bool] | None = None
        session.document_changed.connect(self._on_document)
        session.playhead_changed.connect(self._on_moved)
        session.clip_changed.connect(self._on_moved)

    @property
    def can_repeat(self) -> bool:
        return self._last is not None

    def coverage(self, plane: MaskPlane) -> Coverage:
        """The plane unpacked; not to be written to."""
        found = self._unpacked.get(id(plane))
        if found is None:
            found = self._unpacked[id(plane)] = (plane, plane.coverage())
        self._unpacked.move_to_end(id(plane))
        while len(self._unpacked) > _KEPT:
            self._unpacked.popitem(last=False)
        return found[1]

    def working(self, clip: ClipWork, layer: Layer, frame: FrameNo) -> Coverage | None:
        """The coverage of the stroke in work where that is on this frame and layer."""
        return self.stroke.coverage if self.stroke and self._place == (clip.id, layer, frame) else None

    def begin(self, *, erase: bool) -> Stroke | None:
        """Start a stroke on the frame shown; None where there is no clip."""
        self.finish()
        clip = self._session.clip
        if clip is None:
            return None
        layer, frame = self._state.layer, self._session.playhead
        self._origin = clip.layer(layer).get(frame)
        plane = self._origin or MaskPlane(clip.media.width, clip.media.height)
        coverage = self.coverage(plane)
        # The stroke paints into it: from here on it is no longer what the plane holds.
        del self._unpacked[id(plane)]
        self.stroke, self._place = Stroke(plane, coverage, erase=erase), (clip.id, layer, frame)
        self._state.set("masks_shown", True)
        return self.stroke

    def changed(self, box: Rect | None) -> None:
        """Tell what a tool just painted."""
        if box is not None:
            self.painted.emit(self._place[1], box)

    def finish(self) -> None:
        """End the stroke; it becomes one undo step."""
        stroke = self.stroke
        if stroke is None:
            return
        plane = stroke.finished()
        clip_id, layer, frame = self._place
        self._unpacked[id(plane)] = (plane, stroke.coverage)
        self.stroke = None
        if stroke.changes:
            self._last = (stroke.changes, stroke.erase)
            self.repeatable_changed.emit()
        if stroke.touched is not None:
            self.finished.emit(layer, plane)
            document = commands.set_mask(self._session.document, clip_id, layer, frame, plane)
            self._session.do(self._name(layer, frame, stroke.erase), document)

    def cancel(self) -> bool:
        """Take the stroke back; whether there was one."""
        if self.stroke is None:
            return False
        self.stroke = None
        self.dropped.emit()
        return True

    def repeat(self) -> None:
        """Do the last stroke again on the frame shown."""
        if self._last is None:
            return
        changes, erase = self._last
        stroke = self.begin(erase=erase)
        if stroke is not None:
            for change in changes:
                self.changed(stroke.apply(change))
            self.finish()

    @Slot(object, object)
    def _on_document(self, _before: Document, after: Document) -> None:
        """Undo under the brush: a stroke whose ground is gone goes as well, or it would bring the undone back."""
        if self.stroke is None:
            return
        clip_id, layer, frame = self._place
        ground = next((clip.layer(layer).get(frame) for clip in after.clips if clip.id == clip_id), None)
        if ground is not self._origin or all(clip.id != clip_id for clip in after.clips):
            self.cancel()

    @Slot()
    def _on_moved(self) -> None:
        self.finish()

    def _name(self, layer: Layer, frame: FrameNo, erase: bool) -> str:
        if erase:
            return self.tr("Erase on frame {0}").format(frame)
        texts = {
            "damage": self.tr("Paint frame {0}"),
            "protect": self.tr("Mark no damage on frame {0}"),
            "original": self.tr("Bring back original on frame {0}"),
        }
        return texts[layer].format(frame)
