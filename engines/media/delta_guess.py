"""Guesses what a plane of the source was, in whole numbers only, so that every machine guesses alike.

A guess is nothing, the master's own plane, or a sum: of one curve, piecewise linear in `KNOTS` knots, per plane of the
master and per plane of the source that is known already, and of the weighted differences to the eight neighbours in one
of them. Curves undo what changed tones (flicker, fading, other depths and colour models) and tell what the planes of a
picture share, their noise above all; weights undo what changed sharpness.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.media.delta_layout import Codes, codes_of
from engines.media.delta_numbers import packed, unpacked
from engines.types import Frame, PixelFormat

Whole = NDArray[np.int64]

SEGMENT_BITS = 4
SEGMENTS = 1 << SEGMENT_BITS
KNOTS = SEGMENTS + 1
FINE = 4
"""Curves are in 1/16 of a code."""
WEIGHT_BITS = 12
NEIGHBOURS = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))
_NOTHING, _SAME, _CURVES = 0, 1, 2
_HIGHEST = 1 << 40


@dataclass(frozen=True)
class Known:
    """A plane on the grid of the one that is guessed. depth: bits of its codes."""

    codes: Codes
    depth: int


@dataclass(frozen=True, eq=False)
class Guess:
    """Of one plane. curves: known planes x KNOTS, in 1/16 codes; None: there is no sum.

    own: which of them has neighbours; weights: theirs, in 1/4096 codes of the source per code. same: it is the
    master's plane itself.
    """

    same: bool = False
    curves: Whole | None = None
    own: int = 0
    weights: Whole | None = None

    def to_bytes(self) -> bytes:
        """Curves by how they bend, which is little."""
        if self.curves is None or self.weights is None:
            return bytes((_SAME if self.same else _NOTHING,))
        bends = np.diff(np.diff(self.curves, axis=1), axis=1, prepend=0)
        lines = np.concatenate((self.curves[:, :1], bends), axis=1)
        numbers = (len(self.curves), self.own, *lines.ravel().tolist(), *self.weights.tolist())
        return bytes((_CURVES,)) + packed(numbers)

    @classmethod
    def from_bytes(cls, data: bytes) -> tuple[Guess, bytes]:
        """A guess and the bytes after it. Raises ValueError where it is none."""
        if not data or data[0] > _CURVES:
            raise ValueError("there is no such guess")
        if data[0] != _CURVES:
            return cls(same=data[0] == _SAME), data[1:]
        (count, own), rest = unpacked(data[1:], 2)
        if not 0 <= own < count <= 8:
            raise ValueError("a guess is of no plane")
        numbers, rest = unpacked(rest, count * KNOTS + len(NEIGHBOURS))
        if any(abs(number) > _HIGHEST for number in numbers):
            raise ValueError("a guess is too high")
        lines = np.array(numbers[: count * KNOTS], dtype=np.int64).reshape(count, KNOTS)
        slopes = np.cumsum(lines[:, 1:], axis=1)
        curves = np.concatenate((lines[:, :1], lines[:, :1] + np.cumsum(slopes, axis=1)), axis=1)
        return cls(curves=curves, own=own, weights=np.array(numbers[count * KNOTS :], dtype=np.int64)), rest


NOTHING = Guess()
SAME = Guess(same=True)


def comparable(master: Frame, layout: PixelFormat, width: int, height: int) -> bool:
    """Whether the master's samples lie and mean as those of pictures of `layout`, so that `SAME` can be meant."""
    return master.format == layout and (master.width, master.height) == (width, height)


def on_grid(frame: Frame, size: tuple[int, int]) -> tuple[Known, ...]:
    """A picture's planes on a grid of `size` (width, height): repeated, or averaged in whole numbers, rounded down.

    None of them where sizes are no multiples, or where samples have 32 bits.
    """
    found = []
    for plane in frame.planes:
        fitted = _fitted(codes_of(plane), size) if frame.format.depth <= 16 else None
        if fitted is None:
            return ()
        found.append(Known(fitted, frame.format.depth))
    return tuple(found)


def plane_on_grid(codes: Codes, depth: int, size: tuple[int, int]) -> Known:
    """The same of one plane of the picture that is guessed, whose planes always fit each other."""
    fitted = _fitted(codes, size)
    assert fitted is not None
    return Known(fitted, depth)


def guessed(guess: Guess, known: tuple[Known, ...], bits: int) -> Codes:
    """What the sum makes of the planes for one of `bits` bits. Raises ValueError where it is of others."""
    assert guess.curves is not None
    assert guess.weights is not None
    if len(guess.curves) != len(known):
        raise ValueError(f"a guess from {len(guess.curves)} planes where {len(known)} are known")
    total: Whole = np.zeros(known[0].codes.shape, dtype=np.int64)
    for curve, plane in zip(guess.curves, known, strict=True):
        total += np.take(table(curve, plane.depth), plane.codes)
    if guess.weights.any():
        sharp = np.zeros(total.shape, dtype=np.int64)
        for weight, other in zip(guess.weights.tolist(), neighbours(known[guess.own].codes), strict=True):
            sharp += weight * other
        total += sharp >> (WEIGHT_BITS - FINE)
    total = (total + (1 << (FINE - 1))) >> FINE
    clipped: Codes = np.clip(total, 0, (1 << bits) - 1).astype(np.uint8 if bits == 8 else np.uint16)
    return clipped


def table(curve: Whole, depth: int) -> Whole:
    """A curve at every code of `depth` bits, in 1/16 codes."""
    step = depth - SEGMENT_BITS
    codes = np.arange(1 << depth, dtype=np.int64)
    at, rest = codes >> step, codes & ((1 << step) - 1)
    between: Whole = (curve[at] * ((1 << step) - rest) + curve[at + 1] * rest) >> step
    return between


def neighbours(plane: Codes) -> Iterator[Whole]:
    """Differences of the eight neighbours to each sample; beyond the edge the edge's own samples go on."""
    wide = np.pad(plane.astype(np.int64), 1, mode="edge")
    height, width = plane.shape
    for y, x in NEIGHBOURS:
        yield wide[1 + y : 1 + y + height, 1 + x : 1 + x + width] - wide[1:-1, 1:-1]


def _fitted(plane: Codes, size: tuple[int, int]) -> Codes | None:
    for axis, wanted in ((1, size[0]), (0, size[1])):
        have = plane.shape[axis]
        if have > wanted:
            factor = round(have / wanted)
            if -(-have // factor) != wanted:
                return None
            plane = _averaged(plane, axis, factor, wanted)
        elif have < wanted:
            factor = round(wanted / have)
            if -(-wanted // factor) != have:
                return None
            plane = np.repeat(plane, factor, axis=axis)
            plane = plane[:, :wanted] if axis == 1 else plane[:wanted]
    return plane


def _averaged(plane: Codes, axis: int, factor: int, wanted: int) -> Codes:
    missing = wanted * factor - plane.shape[axis]
    pads = [(0, missing) if a == axis else (0, 0) for a in (0, 1)]
    wide = np.pad(plane.astype(np.int64), pads, mode="edge")
    shape = (wide.shape[0], wanted, factor) if axis == 1 else (wanted, factor, wide.shape[1])
    mean: Codes = (wide.reshape(shape).sum(axis=2 if axis == 1 else 1) // factor).astype(plane.dtype)
    return mean
