"""Colours read off frames for people: of a small square, and how far two frames lie apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engines.colour.difference import ciede2000, lab
from engines.colour.hlg import hlg_ootf
from engines.colour.mapped import MARGIN, Rgb, nominal_rgb
from engines.colour.transfer import to_light
from engines.scene_linear import is_linear
from engines.types import Frame, Rect
from engines.viewing import pinned

SQUARE = 5
"""Pixels across of what a reading is the mean of: less grain than one pixel, still one object."""
HLG_PEAK = 1000.0
"""cd/m2 of the display that HLG is read on."""
_PQ_PEAK = 10000.0
_ROWS = 64
Size = tuple[int, int]


@dataclass(frozen=True)
class Reading:
    """Means over a square. codes: per plane, as stored; rgb: nominal R'G'B' (black 0, white 1); lab: CIE L*a*b*, D65.

    nits: R, G and B as light in cd/m2 where the frame is PQ or HLG (on a display of 1000 cd/m2), else None.
    """

    codes: tuple[float, ...]
    rgb: tuple[float, float, float]
    lab: tuple[float, float, float]
    nits: tuple[float, float, float] | None = None


def square_around(x: int, y: int, scale: int = 1) -> Rect:
    """What is read for pixel x, y of the source in a picture that is `scale` times as large."""
    half = SQUARE // 2
    return Rect((x - half) * scale, (y - half) * scale, SQUARE * scale, SQUARE * scale)


def reading(frame: Frame, square: Rect, size: Size) -> Reading:
    """Of a square of the frame, cut at its edges.

    size: width and height of the source: they tell the matrix of untagged pictures.
    """
    square = square.grown(0, frame.bounds)
    around = square.grown(MARGIN, frame.bounds).aligned(frame.format.chroma_x, frame.format.chroma_y, frame.bounds)
    cut = _pinned(frame.crop(around), size)
    within = square.moved(-around.x, -around.y)
    picture = nominal_rgb(cut)[:, within.y : within.bottom, within.x : within.right]
    mean = picture.reshape(3, -1).mean(axis=1)
    spot = np.ascontiguousarray(mean.reshape(3, 1), dtype=np.float32)
    colour = lab(spot, frame.colour.primaries, _transfer(frame))
    return Reading(_codes(cut, within), _three(mean), _three(colour[:, 0]), _nits(spot, frame.colour.transfer))


def apart(one: Reading, other: Reading) -> float:
    """CIEDE2000 of two readings."""
    pair = (np.array(read.lab, dtype=np.float64).reshape(3, 1) for read in (one, other))
    return float(ciede2000(*pair)[0])


def frames_apart(first: Frame, second: Frame, check: Callable[[], None]) -> tuple[float, float]:
    """Mean and largest CIEDE2000 over all pixels. second: as large as the first, or a whole number of times as large
    (then the mean of its pixels counts). check: called between strips; what it raises ends the work.
    """
    size, scale = (first.width, first.height), second.width // first.width
    total, most = 0.0, 0.0
    for top in range(0, first.height, _ROWS):
        check()
        rows = min(_ROWS, first.height - top)
        one = _strip(first, top, rows, size)
        other = _strip(second, top * scale, rows * scale, size)
        if scale > 1:
            other = other.reshape(3, rows, scale, first.width, scale).mean(axis=(2, 4), dtype=np.float32)
        pair = (lab(rgb, frame.colour.primaries, _transfer(frame)) for rgb, frame in ((one, first), (other, second)))
        distances = ciede2000(*pair)
        total += float(distances.sum(dtype=np.float64))
        most = max(most, float(distances.max()))
    return total / (first.width * first.height), most


def _strip(frame: Frame, top: int, rows: int, size: Size) -> Rgb:
    """Nominal R'G'B' of some rows of a frame."""
    strip = Rect(0, top, frame.width, rows)
    wide = strip.grown(MARGIN, frame.bounds).aligned(frame.format.chroma_x, frame.format.chroma_y, frame.bounds)
    cut = _pinned(frame.crop(wide), size)
    return nominal_rgb(cut)[:, top - wide.y : top - wide.y + rows]


def _pinned(cut: Frame, size: Size) -> Frame:
    return replace(cut, colour=pinned(cut.colour, *size))


def _transfer(frame: Frame) -> str:
    """Untagged floats are light of the scene."""
    return "linear" if is_linear(frame.format, frame.colour) else frame.colour.transfer


def _codes(cut: Frame, within: Rect) -> tuple[float, ...]:
    """Per plane the mean of the samples that cover the square."""
    means = []
    for index, plane in enumerate(cut.planes):
        width, height = cut.format.plane_size(index, cut.width, cut.height)
        fx, fy = -(-cut.width // width), -(-cut.height // height)
        rows, columns = slice(within.y // fy, -(-within.bottom // fy)), slice(within.x // fx, -(-within.right // fx))
        means.append(float(np.asarray(plane[rows, columns], dtype=np.float64).mean()))
    return tuple(means)


def _nits(spot: Rgb, transfer: str) -> tuple[float, float, float] | None:
    light = to_light(spot, transfer)
    if transfer == "smpte2084":
        return _three(light[:, 0] * _PQ_PEAK)
    if transfer == "arib-std-b67":
        return _three(hlg_ootf(light, HLG_PEAK)[:, 0] * _PQ_PEAK)
    return None


def _three(values: NDArray[np.floating]) -> tuple[float, float, float]:
    first, second, third = (float(value) for value in values)
    return first, second, third
