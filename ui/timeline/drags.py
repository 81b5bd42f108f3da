"""What a press on the timeline starts: scrubbing, moving a cut, or moving the in or out point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from app import commands
from app.cuts import move_cut
from app.document import ClipWork
from engines.types import FrameNo
from ui.timeline.scale import Scale

if TYPE_CHECKING:
    from app.session import Session

Grip = tuple[Literal["scrub", "cut", "in", "out"], int]
"""What is held; the index of the shot that a cut begins."""
_REACH = 5.0


def grip_at(clip: ClipWork, scale: Scale, lane: str, x: float) -> Grip:
    """What a press at `x` on a lane takes hold of."""
    if lane == "ruler":
        for kind, frame in (("in", clip.in_point), ("out", None if clip.out_point is None else clip.out_point + 1)):
            if frame is not None and abs(scale.x(frame) - x) <= _REACH + 2:
                return ("in", 0) if kind == "in" else ("out", 0)
    if lane == "shots":
        for index, shot in enumerate(clip.shots[1:], 1):
            if abs(scale.x(shot.start) - x) <= _REACH:
                return "cut", index
    return "scrub", 0


class Drag:
    """From press to release; edits become one undo step."""

    def __init__(self, session: Session, grip: Grip, names: dict[str, str]) -> None:
        self._session = session
        self.kind, self._index = grip
        if self.kind != "scrub":
            session.begin(names[self.kind])

    def move(self, frame: FrameNo, edge: FrameNo) -> None:
        """frame: the one under the pointer; edge: the boundary between frames nearest to it."""
        session = self._session
        match self.kind:
            case "scrub":
                session.seek(frame)
            case "cut":
                session.update(move_cut(session.document, session.clip_id, self._index, edge))
            case "in":
                session.update(commands.set_in(session.document, session.clip_id, edge))
            case "out":
                session.update(commands.set_out(session.document, session.clip_id, max(0, edge - 1)))

    def finish(self) -> None:
        if self.kind != "scrub":
            self._session.commit()

    def abandon(self) -> None:
        if self.kind != "scrub":
            self._session.abandon()
