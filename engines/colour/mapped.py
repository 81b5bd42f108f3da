"""A pointwise map of R'G'B' applied to a frame of any layout, strip by strip so that intermediate values stay near."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engines.colour.places import Map, Places, Rgb
from engines.colour.subsampled import Sampling, map_strip, weighted
from engines.luma import chroma_range, code_range, luma_weights
from engines.media.display import to_luma_grid
from engines.types import ColourSpec, Frame, PixelFormat, Plane, Rect

__all__ = [
    "MARGIN",
    "Coding",
    "Map",
    "Places",
    "Rgb",
    "code_matrix",
    "inverse_matrix",
    "mapped",
    "nominal_rgb",
    "times",
]

MARGIN = 4
"""Pixels around a region that its answer reads where chroma is subsampled."""

_STRIP = 2**17
"""Pixels worked on at once: what fits a processor's own cache."""

_PART = 2**15
"""Pixels that a matrix is applied to at once."""

Coding = tuple[PixelFormat, ColourSpec]
"""How samples are stored and what they mean."""


def mapped(frame: Frame, x: int, y: int, inner: Rect, transform: Map, into: Coding | None = None) -> Frame:
    """`inner` of the picture with `transform` applied, in float32 code values; alpha stays as it is.

    frame: a cut of the picture whose first pixel is (x, y), which covers `inner` and, where chroma is subsampled and
    the picture goes on, `MARGIN` pixels around it; its colour must say the matrix (`pinned`). `inner` is in pixels of
    the whole picture, on the chroma grid. Luma sees interpolated chroma; subsampled chroma is mapped on its own grid,
    with the luma of its place: a transform that changes nothing changes no sample but by float32 rounding. Where
    chroma is subsampled, a strip comes to `transform` in parts: the columns that lie alike over chroma, then chroma.

    into: coding of the answer, of the same family and sampling, its matrix said; None: the frame's own.
    """
    into = into or (frame.format, frame.colour)
    layout = frame.format
    subsampled = layout.family == "yuv" and (layout.chroma_x > 1 or layout.chroma_y > 1)
    there = Rect(inner.x - x, inner.y - y, inner.width, inner.height)
    rows = max(1, _STRIP // max(inner.width, 1) // layout.chroma_y) * layout.chroma_y
    sizes = [
        layout.plane_size(index, inner.width, inner.height) for index in range(1 if layout.family == "gray" else 3)
    ]
    out = [np.empty((height, width), np.float32) for width, height in sizes]
    back = _back(into, frame)
    same_luma = into[1].matrix == frame.colour.matrix
    sampling = Sampling.of(frame, code_matrix(frame), back, same_luma) if subsampled else None
    for top in range(0, inner.height if inner.width else 0, rows):
        strip = Rect(there.x, there.y + top, there.width, min(rows, there.height - top))
        parts = [plane[top : top + strip.height] for plane in out]
        if sampling is not None:
            coarse = slice(top // layout.chroma_y, -(-(top + strip.height) // layout.chroma_y))
            map_strip(frame, strip, x, y, sampling, transform, (parts[0], *(plane[coarse] for plane in out[1:])))
            continue
        places = Places(x + strip.x + 0.5, y + strip.y + 0.5, 1.0, 1.0)
        done = transform(nominal_rgb(_cut(frame, strip)), places)
        for row, part in zip(back, parts, strict=True):
            weighted(row, done, part)
    planes: tuple[Plane, ...] = tuple(out)
    if layout.alpha:
        planes = (*planes, _alpha(frame.crop(there), into[0]))
    return Frame(planes, *into)


def nominal_rgb(frame: Frame) -> Rgb:
    """R'G'B' of a whole frame, chroma interpolated at its siting."""
    if frame.format.family == "gray":
        black, white = code_range(frame.format, frame.colour)
        grey = (_floats(frame.planes[0]) - np.float32(black)) * np.float32(1.0 / (white - black))
        return np.repeat(grey[None], 3, axis=0)
    colours = [_floats(plane) for plane in frame.planes[:3]]
    if frame.format.family == "yuv":
        colours[1:] = [_floats(to_luma_grid(plane, frame)) for plane in colours[1:]]
    return times(code_matrix(frame), colours)


def times(matrix: NDArray[np.float64], planes: Sequence[NDArray[np.float32]] | Rgb) -> Rgb:
    """rows x 3 or rows x 4 (the last column is added) times three planes -> rows x H x W.

    Sums in one fixed order, without fused operations: a region's values equal the whole's to the last bit, which those
    of `cv2.transform` do not.
    """
    out = np.empty((len(matrix), *planes[0].shape), np.float32)
    rows = [row if len(row) == 4 else np.append(row, 0.0) for row in matrix]
    # Part by part, for what is between to stay in the processor's cache.
    step = max(1, _PART * planes[0].shape[0] // max(planes[0].size, 1))
    for first in range(0, planes[0].shape[0], step):
        part = [plane[first : first + step] for plane in planes]
        for row, into in zip(rows, out, strict=True):
            weighted(row, part, into[first : first + step])
    return out


def code_matrix(frame: Frame) -> NDArray[np.float64]:
    """3 x 4: codes of a colour frame's planes (Y'CbCr or RGB, of the same size) to nominal R'G'B'."""
    return _coding_matrix((frame.format, frame.colour), frame.width, frame.height)


def inverse_matrix(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The 3 x 4 that undoes a 3 x 4."""
    inner = np.linalg.inv(matrix[:, :3])
    return np.hstack([inner, -inner @ matrix[:, 3:]])


def _coding_matrix(coding: Coding, width: int, height: int) -> NDArray[np.float64]:
    layout, colour = coding
    black, white = code_range(layout, colour)
    gain = 1.0 / (white - black)
    if layout.family == "rgb":
        return np.hstack([np.eye(3) * gain, np.full((3, 1), -black * gain)])
    neutral, excursion = chroma_range(layout, colour)
    if colour.matrix == "rgb":  # the rare G, B, R stored as Y'CbCr planes
        swap = np.array([[0, 0, 1.0], [1, 0, 0], [0, 1, 0]]) * gain
        return np.hstack([swap, np.full((3, 1), -black * gain)])
    kr, kg, kb = luma_weights(colour, width, height)
    red, blue = 2 * (1 - kr) / excursion, 2 * (1 - kb) / excursion
    linear = np.array([[gain, 0, red], [gain, -blue * kb / kg, -red * kr / kg], [gain, blue, 0]])
    return np.hstack([linear, -linear @ np.array([[black], [neutral], [neutral]])])


def _back(into: Coding, frame: Frame) -> NDArray[np.float64]:
    """1 x 4 or 3 x 4: nominal R'G'B' to codes."""
    if into[0].family != "gray":
        return inverse_matrix(_coding_matrix(into, frame.width, frame.height))
    black, white = code_range(*into)
    weights = np.array([luma_weights(into[1], frame.width, frame.height)]) * (white - black)
    return np.hstack([weights, [[black]]])


def _cut(frame: Frame, strip: Rect) -> Frame:
    """A view of a part of a frame whose chroma is not subsampled."""
    rows, columns = slice(strip.y, strip.bottom), slice(strip.x, strip.right)
    return frame.with_planes(tuple(plane[rows, columns] for plane in frame.planes))


def _alpha(frame: Frame, layout: PixelFormat) -> Plane:
    """Alpha on another scale where the depth changes."""
    plane = frame.planes[-1]
    return plane if layout.peak == frame.format.peak else _floats(plane) * np.float32(layout.peak / frame.format.peak)


def _floats(plane: Plane) -> NDArray[np.float32]:
    return np.asarray(plane, dtype=np.float32)
