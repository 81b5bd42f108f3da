"""Moving a cut by hand: the shot keeps its name and treatment, which cutting anew would take from its neighbour."""

from __future__ import annotations

from dataclasses import replace

from app.document import Document
from engines.types import FrameNo


def move_cut(doc: Document, clip_id: str, index: int, frame: FrameNo) -> Document:
    """Shot `index` (not the first) begins at `frame`, as far as its neighbours leave it a frame each."""
    clip = doc.clip(clip_id)
    earliest = clip.shots[index - 1].start + 1
    latest = clip.shot_range(index)[1]
    frame = min(max(frame, earliest), latest)
    if index < 1 or frame == clip.shots[index].start:
        return doc
    shots = tuple(replace(shot, start=frame) if i == index else shot for i, shot in enumerate(clip.shots))
    return doc.with_clip(replace(clip, shots=shots, cuts_known=True))
