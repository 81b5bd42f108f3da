"""What the scopes draw: levels by column, colour around neutral, how often each level occurs, mean luma over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.colour.scale import SCALES, Scale, scale_of
from engines.colour.targets import Targets, targets
from engines.luma import chroma_range, code_range, luma_weights
from engines.types import Frame, FrameNo, Plane

LEVELS = 256
Counts = NDArray[np.int64]
Field = NDArray[np.float32]

# Samples per column, and rows looked at: enough for a steady picture. An odd number of rows, so that the even steps
# between them do not fall into one field of interlaced material only.
_ACROSS, _ROWS = 2, 541
# 8-bit codes of a chroma excursion of 1, as in limited range: one scale for every format.
_CHROMA_SPAN, _NEUTRAL = 224.0, 128.0
_MOST = float(np.finfo(np.float16).max)
# R, G, B of the traces before and after, apart in brightness as well.
_FAINT = np.array([0.2, 0.46, 0.8], np.float32)
_BRIGHT = np.array([1.0, 0.97, 0.88], np.float32)


@dataclass(frozen=True, eq=False)
class ScopeData:
    """Counts of samples. Levels are code values scaled to 8 bit; nominal `black` and `white` are among them.

    waveform: 256 x columns, luma. parade: 3 x 256 x columns, R G B. histogram: 3 x 256 (R G B), or 1 x 256 for grey.
    vectorscope: 256 x 256, row = Cr, column = Cb, 128 = neutral, 16..240 = the nominal range, whatever the format.
    scale: what levels mean. targets: what the vectorscope is read against.
    """

    waveform: Counts
    parade: Counts
    vectorscope: Counts
    histogram: Counts
    black: float
    white: float
    scale: Scale = SCALES["percent"]
    targets: Targets | None = None


@dataclass(frozen=True)
class LumaCurve:
    """Mean luma (0..1) of the frames from `first` on, before and after; None where it is not known."""

    first: FrameNo
    source: tuple[float | None, ...]
    restored: tuple[float | None, ...]


def scope_data(frame: Frame, columns: int = 360) -> ScopeData:
    """Of any frame, native or float32 code values, from a grid of its samples (so extremes are not averaged away)."""
    luma, rgb, chroma = _components(frame, columns)
    black, white = _nominal(frame)
    grey = frame.format.family == "gray"

    def by_column(nominal: Field) -> Counts:
        return _columns(_level(nominal, black, white - black), columns)

    waveform = by_column(luma)
    parade = np.broadcast_to(waveform, (3, *waveform.shape)) if grey else np.stack([by_column(c) for c in rgb])
    histogram = waveform.sum(axis=1)[None] if grey else parade.sum(axis=2)
    scale = scale_of(frame.format, frame.colour)
    marks = None if grey else targets(scale, frame.colour, frame.width, frame.height)
    return ScopeData(waveform, parade, _around_neutral(*chroma), histogram, black, white, scale, marks)


def mean_luma(frame: Frame) -> float:
    """Mean over all pixels on the nominal scale, kept within 0..1."""
    black, white = code_range(frame.format, frame.colour)
    if frame.format.family == "rgb":
        weights = luma_weights(frame.colour, frame.width, frame.height)
        mean = sum(w * _mean(plane) for w, plane in zip(weights, frame.planes[:3], strict=True))
    else:
        mean = _mean(frame.planes[0])
    return float(min(max((mean - black) / (white - black), 0.0), 1.0))


def _mean(plane: Plane) -> float:
    known = np.nan_to_num(plane) if plane.dtype.kind == "f" else plane
    return float(known.mean(dtype=np.float64))


def _nominal(frame: Frame) -> tuple[float, float]:
    black, white = code_range(frame.format, frame.colour)
    scale = (LEVELS - 1) if frame.format.floating else 2.0 ** (8 - frame.format.depth)
    # Full range of more than 8 bits ends a little above 255 when scaled: one level, the last, is meant.
    return black * scale, min(white * scale, LEVELS - 1.0)


def _components(frame: Frame, columns: int) -> tuple[Field, tuple[Field, ...], tuple[Field, Field]]:
    """Luma, R G B and Cb Cr on the grid, nominal."""
    layout, colour = frame.format, frame.colour
    black, white = code_range(layout, colour)
    grid = [_sampled(frame, index, columns) for index in range(layout.plane_count - int(layout.alpha))]
    kr, kg, kb = (np.float32(w) for w in luma_weights(colour, frame.width, frame.height))
    if layout.family == "yuv":
        neutral, span = chroma_range(layout, colour)
        luma = _scaled(grid[0], black, white - black)
        cb, cr = (_scaled(c, neutral, span) for c in grid[1:])
        red, blue = luma + 2 * (1 - kr) * cr, luma + 2 * (1 - kb) * cb
        green: Field = np.asarray((luma - kr * red - kb * blue) / kg, np.float32)
        return luma, (red, green, blue), (cb, cr)
    shades = tuple(_scaled(c, black, white - black) for c in grid)
    if layout.family == "gray":
        still = np.zeros_like(shades[0])
        return shades[0], shades * 3, (still, still)
    red, green, blue = shades
    luma = kr * red + kg * green + kb * blue
    return luma, shades, ((blue - luma) / (2 * (1 - kb)), (red - luma) / (2 * (1 - kr)))


def _sampled(frame: Frame, index: int, columns: int) -> Field:
    """Rows x (2 * columns) samples of a plane, each at (nearly) the same place of the picture in every plane."""
    plane = frame.planes[index]
    rows = min(frame.height, _ROWS)
    down = (np.arange(rows) + 0.5) * (plane.shape[0] / rows)
    across = (np.arange(_ACROSS * columns) + 0.5) * (plane.shape[1] / (_ACROSS * columns))
    picked = plane.take(down.astype(np.intp), axis=0).take(across.astype(np.intp), axis=1).astype(np.float32)
    return np.asarray(np.clip(np.nan_to_num(picked), -_MOST, _MOST) if plane.dtype.kind == "f" else picked, np.float32)


def _scaled(codes: Field, zero: float, span: float) -> Field:
    return (codes - np.float32(zero)) * np.float32(1.0 / span)


def _level(nominal: Field, zero: float, span: float) -> NDArray[np.uint8]:
    codes = nominal * np.float32(span)
    codes += np.float32(zero + 0.5)
    return np.clip(codes, 0, LEVELS - 1, out=codes).astype(np.uint8)


def _columns(levels: NDArray[np.uint8], columns: int) -> Counts:
    """Level x column counts."""
    place = levels.astype(np.int64)
    place *= columns
    place += np.repeat(np.arange(columns), _ACROSS)
    return np.bincount(place.ravel(), minlength=LEVELS * columns).reshape(LEVELS, columns)


def _around_neutral(cb: Field, cr: Field) -> Counts:
    place = _level(cr, _NEUTRAL, _CHROMA_SPAN).astype(np.int64)
    place *= LEVELS
    place += _level(cb, _NEUTRAL, _CHROMA_SPAN)
    return np.bincount(place.ravel(), minlength=LEVELS * LEVELS).reshape(LEVELS, LEVELS)


def as_image(counts: Counts) -> NDArray[np.uint8]:
    """Brightness of counts, on a logarithmic scale so that single samples are seen beside thousands.

    Channels x levels x columns stand side by side. Row 0 is level 0.
    """
    flat = np.concatenate(list(counts), axis=1) if counts.ndim == 3 else counts
    bright = np.log1p(flat.astype(np.float32))
    most = float(bright.max(initial=0.0))
    if most > 0:
        bright *= np.float32(255.0 / most)
    return bright.astype(np.uint8)


def as_pair(before: Counts, after: Counts) -> NDArray[np.uint8]:
    """Two pictures' counts in one image, H x W x 3 RGB: the first faint and bluish, the second bright over it."""
    first, second = as_image(before).astype(np.float32), as_image(after).astype(np.float32)
    out = np.maximum(first[..., None] * _FAINT, second[..., None] * _BRIGHT)
    return np.asarray(np.rint(out), np.uint8)


def in_percent(data: ScopeData, level: float) -> float:
    """A level where nominal black is 0 and nominal white is 100."""
    return (level - data.black) / (data.white - data.black) * 100.0


def histogram_percent(data: ScopeData) -> tuple[list[float], list[list[float]]]:
    """Levels in percent, and for each channel the share of its samples at each level, in percent."""
    shares = data.histogram / np.maximum(data.histogram.sum(axis=1, keepdims=True), 1) * 100.0
    return [in_percent(data, level) for level in range(LEVELS)], [list(map(float, channel)) for channel in shares]
