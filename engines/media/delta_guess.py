"""Guesses what a sample of the source was from the master: in whole numbers only, so that every machine guesses alike.

A guess is nothing, the master's own sample, or a sum: of one curve per plane of the master, piecewise linear in `KNOTS`
knots, and of the differences to the eight neighbours in the plane itself, weighted. Curves undo what changed tones
(flicker, fading, other depths and colour models), weights what changed sharpness.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.media.delta_layout import Codes, bits_of, codes_of
from engines.types import Frame, PixelFormat

Whole = NDArray[np.int64]

SEGMENTS = 32
KNOTS = SEGMENTS + 1
FINE = 4
"""Curves are in 1/16 of a code."""
WEIGHT_BITS = 12
NEIGHBOURS = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))
_HEAD = struct.Struct("<BB")


@dataclass(frozen=True, eq=False)
class Guess:
    """Of one plane. curves: int32, planes of the master x KNOTS, in 1/16 codes; None: none is made.

    weights: int16 of the neighbours, in 1/4096 codes of the source per code of the master. same: it is the master's
    sample itself.
    """

    same: bool = False
    curves: NDArray[np.int32] | None = None
    weights: NDArray[np.int16] | None = None

    def to_bytes(self) -> bytes:
        if self.curves is None or self.weights is None:
            return _HEAD.pack(int(self.same), 0)
        return (
            _HEAD.pack(2, len(self.curves)) + self.curves.astype("<i4").tobytes() + self.weights.astype("<i2").tobytes()
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> tuple[Guess, bytes]:
        """A guess and the bytes after it. Raises ValueError where it is none."""
        try:
            kind, count = _HEAD.unpack_from(data)
            if kind == 2:
                end = _HEAD.size + 4 * KNOTS * count
                curves = np.frombuffer(data[_HEAD.size : end], dtype="<i4").astype(np.int32).reshape(count, KNOTS)
                weights = np.frombuffer(data[end : end + 16], dtype="<i2").astype(np.int16)
                if not count or weights.shape != (8,):
                    raise ValueError("a guess is cut short")
                return cls(curves=curves, weights=weights), data[end + 16 :]
        except struct.error as error:
            raise ValueError("a guess is cut short") from error
        if kind > 1 or count:
            raise ValueError(f"there is no guess of kind {kind}")
        return cls(same=bool(kind)), data[_HEAD.size :]


NOTHING = Guess()
SAME = Guess(same=True)


def comparable(master: Frame, layout: PixelFormat, width: int, height: int) -> bool:
    """Whether the master's samples lie and mean as those of pictures of `layout`, so that `SAME` can be meant."""
    return master.format == layout and (master.width, master.height) == (width, height)


def grids(master: Frame, size: tuple[int, int]) -> tuple[Codes, ...] | None:
    """The master's planes on a grid of `size` (width, height): repeated, or averaged in whole numbers, rounded down.

    None where their sizes are no multiples. 32-bit floats give their higher 16 bits.
    """
    found = []
    for plane in master.planes:
        fitted = _fitted(_short(codes_of(plane)), size)
        if fitted is None:
            return None
        found.append(fitted)
    return tuple(found)


def guessed(guess: Guess, own: int, planes: tuple[Codes, ...], layout: PixelFormat, depth: int) -> Codes:
    """What `guess` makes of the master's `planes` of `depth` bits for plane `own` of pictures of `layout`.

    Raises ValueError where the guess is of another number of planes.
    """
    bits = bits_of(layout)
    kind = np.uint8 if bits == 8 else np.uint16 if bits <= 16 else np.uint32
    assert guess.curves is not None
    assert guess.weights is not None
    if len(guess.curves) != len(planes):
        raise ValueError(f"curves of {len(guess.curves)} planes for a master of {len(planes)}")
    total: NDArray[Any] = np.zeros(planes[0].shape, dtype=np.int64)
    for curve, plane in zip(guess.curves, planes, strict=True):
        total += table(curve, depth)[plane]
    if guess.weights.any():
        centre = planes[own if own < len(planes) else 0]
        sharp = np.zeros(centre.shape, dtype=np.int64)
        for weight, other in zip(guess.weights, neighbours(centre), strict=True):
            sharp += int(weight) * other
        total += sharp >> (WEIGHT_BITS - FINE)
    total = (total + (1 << (FINE - 1))) >> FINE
    clipped: Codes = np.clip(total, 0, (1 << bits) - 1).astype(kind)
    return clipped


def table(curve: NDArray[np.int32], depth: int) -> Whole:
    """A curve at every code of `depth` bits, in 1/16 codes."""
    step = depth - SEGMENTS.bit_length() + 1
    codes = np.arange(1 << depth, dtype=np.int64)
    at, rest = codes >> step, codes & ((1 << step) - 1)
    knots = curve.astype(np.int64)
    between: Whole = (knots[at] * ((1 << step) - rest) + knots[at + 1] * rest) >> step
    return between


def neighbours(plane: Codes) -> tuple[Whole, ...]:
    """Differences of the eight neighbours to each sample; beyond the edge the edge's own samples go on."""
    wide = np.pad(plane.astype(np.int64), 1, mode="edge")
    height, width = plane.shape
    centre = wide[1:-1, 1:-1]
    return tuple(wide[1 + y : 1 + y + height, 1 + x : 1 + x + width] - centre for y, x in NEIGHBOURS)


def depth_of(layout: PixelFormat) -> int:
    """Bits of what `grids` gives of a master of `layout`."""
    return min(layout.depth, 16)


def _short(codes: Codes) -> Codes:
    return (codes >> np.uint32(16)).astype(np.uint16) if codes.dtype == np.uint32 else codes


def _fitted(plane: Codes, size: tuple[int, int]) -> Codes | None:
    for axis, wanted in ((1, size[0]), (0, size[1])):
        have = plane.shape[axis]
        if have == wanted:
            continue
        if have > wanted:
            factor = round(have / wanted)
            if -(-have // factor) != wanted:
                return None
            plane = _averaged(plane, axis, factor, wanted)
        else:
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
