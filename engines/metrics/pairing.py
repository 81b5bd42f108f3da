"""Which frame of a result is compared with which frame of its reference, and how both are brought to one size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from engines import viewing
from engines.errors import MediaError
from engines.media.source import ClipInfo, Source
from engines.resample import enlarged
from engines.types import Frame, FrameNo

Read = Callable[[FrameNo], Frame]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Frames by the reference's numbers. scale: how many times the result was enlarged since it was coded.

    blocks_in: which of the two shows the grid of coded blocks best. note: what was done to make them comparable, a
    sentence, "" for nothing.
    """

    ours: Read
    theirs: Read
    frames: range
    scale: int = 1
    blocks_in: Literal["ours", "theirs"] = "ours"
    note: str = ""


def pair_clips(
    result: Source, reference: Source, frames: tuple[FrameNo, FrameNo] | None = None, *, versus_source: bool = False
) -> Pairs:
    """Two clips. `frames` (both included) are the reference's; a result of just that length holds just those.

    versus_source: the reference is what the result was restored from, and is enlarged where that is larger. Raises
    MediaError where sizes or lengths do not fit.
    """
    ours, theirs = result.info, reference.info
    scale = _scale(ours, theirs) if versus_source else 1
    if (ours.width, ours.height) != (theirs.width * scale, theirs.height * scale):
        raise MediaError(
            f"The clips differ in size ({ours.width}x{ours.height} and {theirs.width}x{theirs.height}).",
            "Compare clips of the same size, or an enlarged clip with its source: --versus source.",
        )
    first, last = frames or (0, theirs.frame_count - 1)
    if last >= theirs.frame_count:
        raise MediaError(
            f"The reference has frames 0 to {theirs.frame_count - 1}, not {first}-{last}.", "Ask for a part of those."
        )
    shift = first if ours.frame_count == last - first + 1 else 0
    if ours.frame_count not in (theirs.frame_count, last - first + 1):
        raise MediaError(
            f"The clips differ in length ({ours.frame_count} and {theirs.frame_count} frames).",
            "Compare the same range of frames: --frames A-B says which of the reference's the result shows.",
        )
    read = enlarging(reference, scale)
    frames_read = range(first, last + 1)
    coded: Literal["ours", "theirs"] = "theirs" if versus_source else "ours"
    return Pairs(lambda n: result.read(n - shift), read, frames_read, scale, coded, enlargement_note(scale))


def enlarging(source: Source, scale: int) -> Read:
    """Frames of `source`, enlarged with the cubic kernel (Keys, a = -0.5) where `scale` is above 1."""
    info = source.info

    def read(number: FrameNo) -> Frame:
        frame = source.read(number)
        # Untagged material keeps the matrix its own size stands for.
        frame = replace(frame, colour=viewing.pinned(frame.colour, info.width, info.height))
        return frame if scale == 1 else frame.with_planes(enlarged(frame, scale, frame.bounds))

    return read


def enlargement_note(scale: int) -> str:
    """What is to be said where a reference was enlarged."""
    if scale == 1:
        return ""
    return f"The source was enlarged {scale} times with the cubic kernel: it is no ground truth, it shows what changed."


def _scale(ours: ClipInfo, theirs: ClipInfo) -> int:
    return max(1, ours.width // theirs.width)
