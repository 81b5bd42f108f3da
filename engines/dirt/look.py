"""Gathers a frame's evidence: which frames speak for it, their pictures and motion, each made once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Protocol, TypeVar

import cv2
import numpy as np

from engines.cache import Sized
from engines.detect.shots import Shot
from engines.dirt.compensate import Picture, eight_bit, motion, sight, sight_factor
from engines.dirt.evidence import Evidence, gathered
from engines.dirt.neighbours import REACH, slots, usable
from engines.errors import FrameError
from engines.luma import code_range, luma_of
from engines.motion import Flow
from engines.types import Frame, FrameNo

# Two frames whose samples nowhere differ by more (8-bit codes) are one picture, stored twice.
_REPEATED = 6

Kept = TypeVar("Kept", bound=Sized)


def picture_of(frame: Frame) -> Picture:
    """Luma of any frame, H x W uint8, nominal black 0 and white 255."""
    plane = frame.planes[0]
    if plane.dtype == np.uint8 and frame.format.family != "rgb":
        black, white = code_range(frame.format, frame.colour)
        codes = np.arange(256, dtype=np.float32)
        table = eight_bit((codes - np.float32(black)) * np.float32(1.0 / (white - black)))
        return np.asarray(cv2.LUT(plane, table.ravel()), np.uint8)
    return eight_bit(luma_of(frame))


class Frames(Protocol):
    """Where frames come from: what is before a stage (`engines.stages.base.Upstream`), or a source by itself."""

    def picture(self, number: FrameNo) -> Picture:
        """`picture_of` frame `number`. Raises FrameError."""
        ...

    def kept(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """What `make` gave for `key` before, as long as there is room."""
        ...

    def note(self, sentence: str) -> None:
        """Tell the user."""
        ...


class ReadFrames:
    """`Frames` of anything that can be read frame by frame; everything is kept, so it is for a few frames."""

    def __init__(self, read: Callable[[FrameNo], Frame]) -> None:
        self._read = read
        self._held: dict[Hashable, Any] = {}

    def picture(self, number: FrameNo) -> Picture:
        return self.kept(("luma", number), lambda: picture_of(self._read(number)))

    def kept(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        if key not in self._held:
            self._held[key] = make()
        found: Kept = self._held[key]
        return found

    def note(self, sentence: str) -> None:
        """Nobody is told: what can be read speaks."""


def evidence_for(number: FrameNo, shot: Shot, frames: Frames) -> Evidence | None:
    """What there is to judge frame `number` of `shot` by; None where the shot shows one picture only.

    Raises FrameError where the frame itself cannot be read.
    """
    current = frames.picture(number)
    factor = sight_factor(*current.shape)

    def picture(offset: int) -> Picture:
        return frames.picture(number + offset)

    def reduced(offset: int) -> Picture:
        return frames.kept(("sight", number + offset), lambda: sight(picture(offset), factor))

    def flow(a: int, b: int) -> Flow:
        return frames.kept(("flow", number + a, number + b), lambda: motion(reduced(a), reduced(b)))

    def repeats(a: int, b: int) -> bool:
        try:
            return float(cv2.norm(picture(a), picture(b), cv2.NORM_INF)) <= _REPEATED
        except FrameError as error:
            # A neighbour is a help, not a need: what cannot be read says no more than a repeat.
            frames.note(f"dirt: frame {error.frame} cannot speak for its neighbours: {error.sentence}")
            return True

    before = usable(range(-1, max(-REACH, shot.first - number) - 1, -1), repeats)
    after = usable(range(1, min(REACH, shot.last - number) + 1), repeats)
    offsets = slots(before, after)
    return gathered(current, offsets, picture, flow) if offsets else None
