"""What a stored picture lacks to be the source's picture again: one grey picture per frame, exact, in whole numbers.

Of every plane a guess is made from the master and from the planes that were rebuilt before it (`delta_guess`), and how
far the source is from it is kept modulo 2^bits; 0 is "as guessed". Of the guesses the one that codes smallest is taken,
plane by plane and frame by frame, and written into the picture's header: a frame of the delta and the same frame of the
master are all that is needed. Green is rebuilt first of R'G'B', luma first of Y'CbCr.
"""

from __future__ import annotations

import numpy as np

from engines.errors import RenderError
from engines.media.delta_cost import cost
from engines.media.delta_fit import fitted
from engines.media.delta_guess import (
    NOTHING,
    SAME,
    Guess,
    Known,
    comparable,
    guessed,
    on_grid,
    plane_on_grid,
)
from engines.media.delta_layout import Codes, Stack, bits_of, codes_of, samples_of
from engines.types import ColourSpec, Frame, PixelFormat

VERSION = 1
"""Of the header and of all guesses; deltas of other versions are refused."""
# Bits per sample of a difference where so little was changed that no other guess is tried.
_LITTLE = 0.25


def make_delta(source: Frame, master: Frame | None) -> Frame:
    """The grey picture from which, with `master`, `restored` gives `source` again.

    source: native samples. master: the picture as it decodes from the finished master, or None where nothing may be
    guessed from it (its decoder is not exact everywhere). Same input, same bits.
    """
    layout = source.format
    codes = tuple(codes_of(plane) for plane in source.planes)
    guesses = [NOTHING] * len(codes)
    deltas = list(codes)
    before: list[int] = []
    for index in _order(layout):
        guesses[index], deltas[index] = _best(index, before, codes, source, master)
        before.append(index)
    header = bytes((VERSION,)) + b"".join(guess.to_bytes() for guess in guesses)
    return Stack(layout, source.width, source.height).joined(deltas, header)


def restored(delta: Frame, master: Frame, stack: Stack, colour: ColourSpec) -> Frame:
    """The source's picture. Raises RenderError where the delta is damaged or does not fit the master."""
    try:
        return _restored(delta, master, stack, colour)
    except (ValueError, IndexError) as error:
        raise RenderError(f"The delta does not fit the master or is damaged: {error}.") from error


def _restored(delta: Frame, master: Frame, stack: Stack, colour: ColourSpec) -> Frame:
    layout, bits = stack.layout, bits_of(stack.layout)
    deltas, header = stack.parted(delta)
    guesses = _parsed(header, len(deltas))
    codes = list(deltas)
    before: list[int] = []
    for index in _order(layout):
        guess = guesses[index]
        if guess.same:
            if not comparable(master, layout, stack.width, stack.height):
                raise ValueError("the master's pictures are of another layout")
            codes[index] = _onto(deltas[index], codes_of(master.planes[index]), bits)
        elif guess.curves is not None:
            if bits > 16:
                raise ValueError("a guess of so many bits")
            size = layout.plane_size(index, stack.width, stack.height)
            known = _rebuilt(before, codes, bits, size)
            if len(guess.curves) != len(known):
                known = (*on_grid(master, size), *known)
            codes[index] = _onto(deltas[index], guessed(guess, known, bits), bits)
        before.append(index)
    planes = tuple(np.ascontiguousarray(samples_of(code, layout)) for code in codes)
    return Frame(planes, layout, colour)


def _best(
    index: int, before: list[int], codes: tuple[Codes, ...], source: Frame, master: Frame | None
) -> tuple[Guess, Codes]:
    """The guess of plane `index` that costs least, and what differs from it; planes `before` are known."""
    layout, bits = source.format, bits_of(source.format)
    code = codes[index]
    tried: list[tuple[float, Guess, Codes]] = [(cost(code, bits), NOTHING, code)]

    def candidate(guess: Guess, base: Codes) -> float:
        delta = _apart(code, base, bits)
        tried.append((cost(delta, bits), guess, delta))
        return tried[-1][0]

    size = layout.plane_size(index, source.width, source.height)
    like = master is not None and comparable(master, layout, source.width, source.height)
    if master is not None and like and candidate(SAME, codes_of(master.planes[index])) < _LITTLE:
        return tried[-1][1:]
    if bits <= 16:
        shown = on_grid(master, size) if master is not None else ()
        known = (*shown, *_rebuilt(before, codes, bits, size))
        if known:
            sums = fitted(code, bits, index if index < len(shown) else 0, known)
            candidate(sums, guessed(sums, known, bits))
    return min(tried, key=lambda one: one[0])[1:]


def _order(layout: PixelFormat) -> tuple[int, ...]:
    """Of the planes; alpha comes last."""
    planes = range(layout.plane_count)
    return (1, 0, *planes[2:]) if layout.family == "rgb" else tuple(planes)


def _rebuilt(
    before: list[int], codes: list[Codes] | tuple[Codes, ...], bits: int, size: tuple[int, int]
) -> tuple[Known, ...]:
    return tuple(plane_on_grid(codes[index], bits, size) for index in before)


def _apart(code: Codes, base: Codes, bits: int) -> Codes:
    """`code - base`, modulo 2^bits."""
    return ((code.astype(np.int64) - base) & ((1 << bits) - 1)).astype(code.dtype)


def _onto(delta: Codes, base: Codes, bits: int) -> Codes:
    """Inverse of `_apart`."""
    return ((delta.astype(np.int64) + base) & ((1 << bits) - 1)).astype(delta.dtype)


def _parsed(header: bytes, count: int) -> tuple[Guess, ...]:
    if header[0] != VERSION:
        raise ValueError(f"its version is {header[0]}")
    guesses, rest = [], header[1:]
    for _ in range(count):
        guess, rest = Guess.from_bytes(rest)
        guesses.append(guess)
    return tuple(guesses)
