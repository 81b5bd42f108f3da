"""Gathers a frame's evidence: which frames speak for it, their pictures and motion, each made once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
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
# Coded again, a repeat differs a little everywhere: in the mean by less than this share of what other neighbours do
# from each other, and nowhere by more than so many codes once reduced to a quarter.
_ALIKE, _ALIKE_MOST, _QUARTER = 0.45, 30, 4

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


@dataclass(frozen=True)
class Unlike:
    """By how much two pictures differ, in 8-bit codes: mean, at the most, and at the most once reduced."""

    mean: float
    most: float
    coarse: float
    nbytes: int = 64


def unlikeness(a: Picture, b: Picture) -> Unlike:
    """Of two pictures of equal size, H x W uint8."""
    apart = cv2.absdiff(a, b)
    size = (max(a.shape[1] // _QUARTER, 1), max(a.shape[0] // _QUARTER, 1))
    small = cv2.absdiff(*(cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (a, b)))
    return Unlike(float(cv2.mean(apart)[0]), float(apart.max()), float(small.max()))


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

    def unlike(a: int, b: int) -> Unlike:
        a, b = min(a, b), max(a, b)
        return frames.kept(("unlike", number + a, number + b), lambda: unlikeness(picture(a), picture(b)))

    def usual() -> float:
        """What neighbours differ by around here, median of the means; a pair that cannot be read says nothing."""
        low, high = max(-REACH, shot.first - number), min(REACH, shot.last - number)
        means = []
        for offset in range(low, high):
            try:
                means.append(unlike(offset, offset + 1).mean)
            except FrameError:
                # (said where the frame itself is asked about)
                continue
        return float(np.median(means)) if means else 0.0

    def repeats(a: int, b: int) -> bool:
        try:
            found = unlike(a, b)
        except FrameError as error:
            # A neighbour is a help, not a need: what cannot be read says no more than a repeat.
            frames.note(f"dirt: frame {error.frame} cannot speak for its neighbours: {error.sentence}")
            return True
        return found.most <= _REPEATED or (found.coarse <= _ALIKE_MOST and found.mean <= _ALIKE * usual())

    before = usable(range(-1, max(-REACH, shot.first - number) - 1, -1), repeats)
    after = usable(range(1, min(REACH, shot.last - number) + 1), repeats)
    offsets = slots(before, after)
    return gathered(current, offsets, picture, flow) if offsets else None
