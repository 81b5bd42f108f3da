"""A pointwise map of R'G'B' applied to a frame of any layout, strip by strip so that intermediate values stay near."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.chroma import on_chroma_grid
from engines.luma import chroma_range, code_range, luma_weights
from engines.media.display import to_luma_grid
from engines.types import ColourSpec, Frame, PixelFormat, Plane, Rect

Rgb = NDArray[np.float32]
"""3 x H x W, nominal: black 0, white 1; values outside where the codes go beyond black and white."""

MARGIN = 4
"""Pixels around a region that its answer reads where chroma is subsampled."""

_STRIP = 2**15
"""Pixels worked on at once: what fits a processor's own cache."""


@dataclass(frozen=True)
class Places:
    """Where the samples of a strip lie in the whole picture: sample (row, column) at pixel (y + row * step_y + ...).

    x, y: centre of the first sample, in pixels of the whole picture (the centre of its first pixel is 0.5, 0.5).
    """

    x: float
    y: float
    step_x: float
    step_y: float

    def columns(self, count: int) -> NDArray[np.float32]:
        """Centres of `count` columns."""
        return np.asarray(self.x + self.step_x * np.arange(count), dtype=np.float32)

    def rows(self, count: int) -> NDArray[np.float32]:
        """Centres of `count` rows."""
        return np.asarray(self.y + self.step_y * np.arange(count), dtype=np.float32)


Map = Callable[[Rgb, Places], Rgb]
"""R'G'B' of a strip and where it lies -> R'G'B' of the same shape. It may write into what it is given."""


Coding = tuple[PixelFormat, ColourSpec]
"""How samples are stored and what they mean."""


def mapped(frame: Frame, x: int, y: int, inner: Rect, transform: Map, into: Coding | None = None) -> Frame:
    """`inner` of the picture with `transform` applied, in float32 code values; alpha stays as it is.

    frame: a cut of the picture whose first pixel is (x, y), which covers `inner` and, where chroma is subsampled and
    the picture goes on, `MARGIN` pixels around it; its colour must say the matrix (`pinned`). `inner` is in pixels of
    the whole picture, on the chroma grid. Luma sees interpolated chroma; subsampled chroma is mapped on its own grid,
    with the luma of its place: a transform that changes nothing changes no sample but by float32 rounding.

    into: coding of the answer, of the same family and sampling, its matrix said; None: the frame's own.
    """
    into = into or (frame.format, frame.colour)
    subsampled = frame.format.family == "yuv" and (frame.format.chroma_x > 1 or frame.format.chroma_y > 1)
    there = Rect(inner.x - x, inner.y - y, inner.width, inner.height)
    rows = max(1, _STRIP // max(inner.width, 1) // frame.format.chroma_y) * frame.format.chroma_y
    out = [np.empty((0, 0), np.float32)] * (3 if frame.format.family != "gray" else 1)
    for index in range(len(out)):
        width, height = frame.format.plane_size(index, inner.width, inner.height)
        out[index] = np.empty((height, width), np.float32)
    for top in range(0, inner.height, rows):
        strip = Rect(there.x, there.y + top, there.width, min(rows, there.height - top))
        part_of = _subsampled if subsampled else _whole
        parts = part_of(frame, strip, x, y, transform, into)
        for index, part in enumerate(parts):
            first = top // frame.format.chroma_y if subsampled and index else top
            out[index][first : first + part.shape[0]] = part
    planes: tuple[Plane, ...] = tuple(out)
    if frame.format.alpha:
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


def times(matrix: NDArray[np.float64], planes: Sequence[NDArray[np.float32]]) -> Rgb:
    """rows x 3 or rows x 4 (the last column is added) times three planes -> rows x H x W.

    Sums in one fixed order, without fused operations: a region's values equal the whole's to the last bit, which those
    of `cv2.transform` do not.
    """
    out = np.empty((len(matrix), *planes[0].shape), np.float32)
    part = np.empty(planes[0].shape, np.float32)
    for row, into in zip(matrix.astype(np.float32), out, strict=True):
        terms = [(gain, plane) for gain, plane in zip(row, planes, strict=False) if gain != 0.0]
        if not terms:
            into.fill(0.0)
        for index, (gain, plane) in enumerate(terms):
            if index == 0:
                np.multiply(plane, gain, out=into)
            else:
                into += np.multiply(plane, gain, out=part)
        if len(row) == 4 and row[3] != 0.0:
            into += row[3]
    return out


def code_matrix(frame: Frame) -> NDArray[np.float64]:
    """3 x 4: codes of a colour frame's planes (Y'CbCr or RGB, of the same size) to nominal R'G'B'."""
    return _coding_matrix((frame.format, frame.colour), frame.width, frame.height)


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


def inverse_matrix(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The 3 x 4 that undoes a 3 x 4."""
    inner = np.linalg.inv(matrix[:, :3])
    return np.hstack([inner, -inner @ matrix[:, 3:]])


def _alpha(frame: Frame, layout: PixelFormat) -> Plane:
    """Alpha on another scale where the depth changes."""
    plane = frame.planes[-1]
    return plane if layout.peak == frame.format.peak else _floats(plane) * np.float32(layout.peak / frame.format.peak)


def _whole(frame: Frame, strip: Rect, x: int, y: int, transform: Map, into: Coding) -> Sequence[Plane]:
    """Planes of a strip where every pixel has its own colour."""
    cut = frame.crop(strip)
    done = transform(nominal_rgb(cut), Places(x + strip.x + 0.5, y + strip.y + 0.5, 1.0, 1.0))
    if frame.format.family == "gray":
        black, white = code_range(*into)
        weights = np.array([luma_weights(into[1], frame.width, frame.height)]) * (white - black)
        return list(times(np.hstack([weights, [[black]]]), list(done)))
    return list(times(inverse_matrix(_coding_matrix(into, frame.width, frame.height)), list(done)))


def _subsampled(frame: Frame, strip: Rect, x: int, y: int, transform: Map, into: Coding) -> Sequence[Plane]:
    layout = frame.format
    fx, fy = layout.chroma_x, layout.chroma_y
    cut = frame.crop(wide := strip.grown(MARGIN, frame.bounds).aligned(fx, fy, frame.bounds))
    within = Rect(strip.x - wide.x, strip.y - wide.y, strip.width, strip.height)
    matrix = code_matrix(cut)
    back = inverse_matrix(_coding_matrix(into, frame.width, frame.height))
    luma, *chroma = (_floats(plane) for plane in cut.planes[:3])
    # At every pixel, for luma.
    rows, columns = slice(within.y, within.bottom), slice(within.x, within.right)
    full = [plane[rows, columns] for plane in (luma, *(_floats(to_luma_grid(plane, cut)) for plane in chroma))]
    places = Places(x + strip.x + 0.5, y + strip.y + 0.5, 1.0, 1.0)
    parts = list(times(back[:1], list(transform(times(matrix, full), places))))
    # At every chroma sample, for chroma.
    at_chroma = on_chroma_grid(luma, layout, frame.colour.chroma_location)
    rows, columns = slice(within.y // fy, -(-within.bottom // fy)), slice(within.x // fx, -(-within.right // fx))
    coarse = [plane[rows, columns] for plane in (at_chroma, *chroma)]
    places = Places(x + strip.x + fx / 2, y + strip.y + fy / 2, float(fx), float(fy))
    parts += list(times(back[1:], list(transform(times(matrix, coarse), places))))
    return parts


def _floats(plane: Plane) -> NDArray[np.float32]:
    return np.asarray(plane, dtype=np.float32)
