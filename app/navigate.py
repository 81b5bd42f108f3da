"""Where the next cut, repair or flagged frame is: pure answers that the window's keys act upon."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping

from app.document import ClipWork
from app.time_text import TimeText
from engines.types import FrameNo


def last_frame(clip: ClipWork) -> FrameNo:
    return max(0, clip.media.frame_count - 1)


def play_range(clip: ClipWork) -> tuple[FrameNo, FrameNo]:
    """First and last frame between the in and the out point; the whole clip where neither is set."""
    last = last_frame(clip)
    first = min(clip.in_point or 0, last)
    return first, max(first, min(last, last if clip.out_point is None else clip.out_point))


def step(clip: ClipWork, frame: FrameNo, count: int) -> FrameNo:
    """`count` frames on (negative: back), stopping at the ends."""
    return min(max(frame + count, 0), last_frame(clip))


def to_cut(clip: ClipWork, frame: FrameNo, direction: int) -> FrameNo:
    """The next shot's first frame, or the last frame; backward the start of this shot, or of the one before."""
    found = _neighbour((shot.start for shot in clip.shots), frame, direction)
    if found is not None:
        return found
    return last_frame(clip) if direction > 0 else 0


def to_modified(clip: ClipWork, frame: FrameNo, direction: int) -> FrameNo | None:
    """The next frame with paint on it; None where there is none that way."""
    return _neighbour(clip.painted, frame, direction)


def to_flagged(flagged: Mapping[FrameNo, float], frame: FrameNo, direction: int) -> FrameNo | None:
    """The next rendered frame of which some share was adjusted or invented; None where there is none that way."""
    return _neighbour((number for number, share in flagged.items() if share > 0), frame, direction)


def to_marker(clip: ClipWork, frame: FrameNo, direction: int) -> FrameNo | None:
    """The next marker; None where there is none that way."""
    return _neighbour((marker.frame for marker in clip.markers), frame, direction)


def go_to(clip: ClipWork, time: TimeText, text: str, frame: FrameNo) -> FrameNo:
    """The frame a person typed, brought into the clip. Raises SettingError."""
    return step(clip, time.parse(text, frame), 0)


def _neighbour(frames: Iterable[FrameNo], frame: FrameNo, direction: int) -> FrameNo | None:
    ordered = sorted(frames)
    if direction > 0:
        at = bisect_right(ordered, frame)
        return ordered[at] if at < len(ordered) else None
    at = bisect_left(ordered, frame)
    return ordered[at - 1] if at else None
