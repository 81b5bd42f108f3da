"""Undo and redo over whole immutable documents: a step costs only what its two documents do not share."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from app.document import LAYERS, NOTHING, ClipWork, Document
from app.mask_plane import MaskPlane
from engines.types import FrameNo

MOST_STEPS = 500
MOST_BYTES = 256 * 2**20

Planes = Mapping[FrameNo, MaskPlane]


@dataclass(frozen=True)
class Step:
    """One named change and where it happened. clip_id: "" = no clip. frame: None = the clip as a whole."""

    name: str
    before: Document
    after: Document
    clip_id: str = ""
    frame: FrameNo | None = None
    size: int = 0
    """Bytes of compressed masks that only the older document holds."""


class History:
    """Steps done and undone. The oldest steps are forgotten beyond MOST_STEPS or MOST_BYTES."""

    def __init__(self, most_steps: int = MOST_STEPS, most_bytes: int = MOST_BYTES) -> None:
        self._most_steps, self._most_bytes = most_steps, most_bytes
        self._done: deque[Step] = deque()
        self._undone: list[Step] = []
        self.size = 0
        """Bytes that the history alone keeps alive, about."""

    @property
    def undo_name(self) -> str:
        return self._done[-1].name if self._done else ""

    @property
    def redo_name(self) -> str:
        return self._undone[-1].name if self._undone else ""

    def __len__(self) -> int:
        return len(self._done)

    def push(self, step: Step) -> None:
        """A new step; what was undone before cannot be redone any more."""
        self.size -= sum(dropped.size for dropped in self._undone)
        self._undone.clear()
        self._done.append(step)
        self.size += step.size
        while len(self._done) > self._most_steps or (self.size > self._most_bytes and len(self._done) > 1):
            self.size -= self._done.popleft().size

    def undo(self) -> Step | None:
        """The step to take back, None where there is none."""
        if not self._done:
            return None
        self._undone.append(self._done.pop())
        return self._undone[-1]

    def redo(self) -> Step | None:
        """The step to do again, None where there is none."""
        if not self._undone:
            return None
        self._done.append(self._undone.pop())
        return self._done[-1]

    def clear(self) -> None:
        self._done.clear()
        self._undone.clear()
        self.size = 0


def step(name: str, before: Document, after: Document, clip_id: str, frame: FrameNo) -> Step:
    """A step that knows where it acts: the one frame painted on, else the clip changed, else where the user was."""
    changed = [(_held(before, clip.id), clip) for clip in after.clips if _held(before, clip.id) is not clip]
    gone = [(clip, None) for clip in before.clips if _held(after, clip.id) is None]
    scans = [_scanned(older, newer) for older, newer in (*changed, *gone)]
    size = sum(lost for _, lost in scans)
    if len(changed) != 1:
        return Step(name, before, after, clip_id, frame, size)
    clip, frames = changed[0][1], scans[0][0]
    if len(frames) == 1:
        return Step(name, before, after, clip.id, next(iter(frames)), size)
    return Step(name, before, after, clip.id, frame if clip.id == clip_id else None, size)


def painted_frames(before: ClipWork | None, after: ClipWork | None) -> set[FrameNo]:
    """Frames whose masks differ between two states of a clip (None = the clip is not there)."""
    return _scanned(before, after)[0]


def _scanned(before: ClipWork | None, after: ClipWork | None) -> tuple[set[FrameNo], int]:
    """Frames whose masks differ, and the bytes of tiles that only `before` holds."""
    frames: set[FrameNo] = set()
    lost = 0
    for older, newer in _layers(before, after):
        found = differing(older, newer)
        frames.update(found)
        lost += sum(_unshared(older[number], newer.get(number)) for number in found if number in older)
    return frames, lost


def differing(older: Planes, newer: Planes) -> list[FrameNo]:
    """Frames whose masks are not the very same value."""
    if older is newer:
        return []
    # Plain dictionaries: thousands of masked frames are compared at every stroke.
    old, new = dict(older), dict(newer)
    changed = [number for number, plane in new.items() if old.get(number) is not plane]
    return changed + [number for number in old if number not in new]


def _unshared(plane: MaskPlane, other: MaskPlane | None) -> int:
    return sum(
        len(packed) for place, packed in plane.tiles.items() if other is None or other.tiles.get(place) is not packed
    )


def _layers(before: ClipWork | None, after: ClipWork | None) -> list[tuple[Planes, Planes]]:
    return [(before.layer(layer) if before else NOTHING, after.layer(layer) if after else NOTHING) for layer in LAYERS]


def _held(document: Document, clip_id: str) -> ClipWork | None:
    return next((clip for clip in document.clips if clip.id == clip_id), None)
