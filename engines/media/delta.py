"""What a stored picture lacks to be the source's picture again: one grey picture per frame, exact, in whole numbers.

Of every plane a guess is made from the master (`delta_guess`), and how far the source is from it is kept modulo
2^bits, the middle code meaning "as guessed". Of the guesses the one that codes smallest is taken, plane by plane and
frame by frame, and written into the picture's header: a frame of the delta and the same frame of the master are all
that is needed. In R'G'B' the differences of red and blue may be those to green's difference.
"""

from __future__ import annotations

import numpy as np

from engines.errors import RenderError
from engines.media.delta_cost import cost
from engines.media.delta_fit import fitted
from engines.media.delta_guess import NOTHING, SAME, Guess, comparable, depth_of, grids, guessed
from engines.media.delta_layout import Codes, Stack, bits_of, codes_of, samples_of
from engines.types import ColourSpec, Frame

VERSION = 1
"""Of the header and of all guesses; deltas of other versions are refused."""
_RED, _GREEN, _BLUE = 0, 1, 2


def make_delta(source: Frame, master: Frame | None) -> Frame:
    """The grey picture from which, with `master`, `restored` gives `source` again.

    source: native samples. master: the picture as it decodes from the finished master, or None where nothing may be
    guessed from it (its decoder is not exact everywhere). Same input, same bits.
    """
    layout = source.format
    codes = [codes_of(plane) for plane in source.planes]
    guesses, deltas = [], []
    for index, code in enumerate(codes):
        guess, delta = _best(code, index, source, master)
        guesses.append(guess)
        deltas.append(delta)
    green = layout.family == "rgb" and bits_of(layout) <= 16 and _by_green(deltas, bits_of(layout))
    if green:
        for index in (_RED, _BLUE):
            deltas[index] = _apart(deltas[index], deltas[_GREEN], bits_of(layout))
    header = bytes((VERSION, int(green))) + b"".join(guess.to_bytes() for guess in guesses)
    return Stack(layout, source.width, source.height).joined(deltas, header)


def restored(delta: Frame, master: Frame, stack: Stack, colour: ColourSpec) -> Frame:
    """The source's picture. Raises RenderError where the delta is damaged or does not fit the master."""
    try:
        deltas, header = stack.parted(delta)
        green, guesses = _parsed(header, len(deltas))
        return _restored(list(deltas), green, guesses, master, stack, colour)
    except ValueError as error:
        raise RenderError(f"The delta does not fit the master or is damaged: {error}.") from error


def _restored(
    deltas: list[Codes], green: bool, guesses: tuple[Guess, ...], master: Frame, stack: Stack, colour: ColourSpec
) -> Frame:
    layout, bits = stack.layout, bits_of(stack.layout)
    if green:
        if layout.family != "rgb":
            raise ValueError("it speaks of green")
        for index in (_RED, _BLUE):
            deltas[index] = _onto(deltas[index], deltas[_GREEN], bits)
    planes = []
    for index, (guess, delta) in enumerate(zip(guesses, deltas, strict=True)):
        if guess.same and not comparable(master, layout, stack.width, stack.height):
            raise ValueError("the master's pictures are of another layout")
        base = _base(guess, index, master, layout.plane_size(index, stack.width, stack.height), stack)
        planes.append(samples_of(delta if base is None else _onto(delta, base, bits), layout))
    return Frame(tuple(np.ascontiguousarray(plane) for plane in planes), layout, colour)


def _best(code: Codes, index: int, source: Frame, master: Frame | None) -> tuple[Guess, Codes]:
    """The guess of plane `index` that costs least, and what differs from it."""
    bits = bits_of(source.format)
    tried: list[tuple[Guess, Codes]] = [(NOTHING, code)]
    if master is not None:
        stack = Stack(source.format, source.width, source.height)
        if comparable(master, source.format, source.width, source.height):
            same = codes_of(master.planes[index])
            tried.append((SAME, _apart(code, same, bits)))
            if np.array_equal(same, code):
                return tried[-1]
        size = source.format.plane_size(index, source.width, source.height)
        planes = grids(master, size) if bits <= 16 else None
        if planes is not None:
            curves = fitted(code, index, planes, bits, depth_of(master.format))
            base = _base(curves, index, master, size, stack)
            assert base is not None
            tried.append((curves, _apart(code, base, bits)))
    return min(tried, key=lambda one: cost(one[1], bits))


def _base(guess: Guess, index: int, master: Frame, size: tuple[int, int], stack: Stack) -> Codes | None:
    """What is guessed for plane `index`; None: nothing. Raises ValueError where the master does not allow it."""
    if guess.same:
        return codes_of(master.planes[index])
    if guess.curves is None:
        return None
    planes = grids(master, size)
    if planes is None:
        raise ValueError("the master's pictures have another size")
    return guessed(guess, index, planes, stack.layout, depth_of(master.format))


def _apart(code: Codes, base: Codes, bits: int) -> Codes:
    """`code - base`, modulo 2^bits, the middle code for no difference."""
    wide = code.astype(np.int64) - base + (1 << (bits - 1))
    return (wide & ((1 << bits) - 1)).astype(code.dtype)


def _onto(delta: Codes, base: Codes, bits: int) -> Codes:
    """Inverse of `_apart`."""
    wide = delta.astype(np.int64) + base - (1 << (bits - 1))
    return (wide & ((1 << bits) - 1)).astype(delta.dtype)


def _by_green(deltas: list[Codes], bits: int) -> bool:
    plain = sum(cost(deltas[index], bits) for index in (_RED, _BLUE))
    return sum(cost(_apart(deltas[index], deltas[_GREEN], bits), bits) for index in (_RED, _BLUE)) < plain


def _parsed(header: bytes, count: int) -> tuple[bool, tuple[Guess, ...]]:
    if header[0] != VERSION or header[1] > 1:
        raise ValueError(f"its version is {header[0]}")
    guesses, rest = [], header[2:]
    for _ in range(count):
        guess, rest = Guess.from_bytes(rest)
        guesses.append(guess)
    return bool(header[1]), tuple(guesses)
