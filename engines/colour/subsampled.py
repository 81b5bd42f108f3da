"""A pointwise map of pictures with subsampled chroma, strip by strip, column phase by column phase.

Pixels whose chroma sample lies the same way (every second column of 4:2:0) are worked on together: chroma is
interpolated by adding whole planes, without a sample being moved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.chroma import taps
from engines.colour.places import Map, Places
from engines.siting import chroma_phase
from engines.types import Frame, Plane, Rect

Floats = NDArray[np.float32]
Edges = tuple[int, int, int, int]
"""Rows above and below, columns left and right."""


@dataclass(frozen=True)
class Sampling:
    """How chroma lies over luma, and what codes mean.

    into, back: 3 x 4, codes to nominal R'G'B' and back (`mapped.code_matrix`). same_luma: back to the same matrix.
    """

    step_x: int
    step_y: int
    phase_x: float
    phase_y: float
    into: NDArray[np.float64]
    back: NDArray[np.float64]
    same_luma: bool

    @classmethod
    def of(cls, frame: Frame, into: NDArray[np.float64], back: NDArray[np.float64], same_luma: bool) -> Sampling:
        """Of a frame's own layout and siting."""
        layout, phase = frame.format, chroma_phase(frame.colour.chroma_location)
        return cls(layout.chroma_x, layout.chroma_y, *phase, into, back, same_luma)

    @property
    def rows_around(self) -> int:
        """Rows of luma beside a strip that the luma of its chroma samples reads."""
        return 0 if self.step_y == 1 or self.phase_y == 0.5 else self.step_y


def map_strip(
    frame: Frame, strip: Rect, x: int, y: int, sampling: Sampling, transform: Map, into: Sequence[Floats]
) -> None:
    """Writes the planes of `strip` (pixels of `frame`, whose first pixel is (x, y), on the chroma grid) to `into`."""
    fx, fy = sampling.step_x, sampling.step_y
    part = Rect(strip.x // fx, strip.y // fy, -(-strip.width // fx), -(-strip.height // fy))
    chroma = [_around(plane, part, (1, 1, 1, 1)) for plane in frame.planes[1:3]]
    colour = _colour_terms(chroma, sampling)
    around = sampling.rows_around
    height = part.height * fy
    full = Rect(strip.x, strip.y, part.width * fx, height)
    luma = _phases(_around(frame.planes[0], full, (around, around, fx, fx)), fx, sampling.into[0, 0])
    # At every pixel, for luma.
    finer = _finer_rows(colour, sampling, height)
    for column, plane in enumerate(luma):
        here = plane[around : around + height, 1:-1]
        rgb = _finer_columns(finer, column, sampling, here)
        places = Places(x + strip.x + column + 0.5, y + strip.y + 0.5, float(fx), 1.0, sampling.same_luma)
        done = transform(rgb[:, : strip.height], places)
        width = into[0][:, column::fx].shape[1]
        weighted(sampling.back[0], done[:, :, :width], into[0][:, column::fx])
    # At every chroma sample, for chroma.
    coarse = _at_chroma(luma, sampling, part.height) + colour[:, 1:-1, 1:-1]
    left, top = sampling.phase_x * (fx - 1) + 0.5, sampling.phase_y * (fy - 1) + 0.5
    done = transform(coarse, Places(x + strip.x + left, y + strip.y + top, float(fx), float(fy)))
    for row, plane in zip(sampling.back[1:], into[1:], strict=True):
        weighted(row, done, plane)


def weighted(row: NDArray[np.float64], planes: Sequence[Floats] | Floats, into: Floats) -> None:
    """Three or more planes times the first numbers of `row`, plus its last, written to `into`.

    Sums in one fixed order, without fused operations: a region's values equal the whole's to the last bit, which those
    of `cv2.transform` do not.
    """
    gains, offset = row.astype(np.float32)[:-1], np.float32(row[-1])
    terms = [(gain, plane) for gain, plane in zip(gains, planes, strict=True) if gain != 0.0]
    if not terms:
        into.fill(offset)
        return
    total = np.multiply(terms[0][1], terms[0][0])
    part = np.empty_like(total)
    for gain, plane in terms[1:]:
        total += np.multiply(plane, gain, out=part)
    np.add(total, offset, out=into)


def _around(plane: Plane, part: Rect, edges: Edges) -> Plane:
    """`part` of a plane with so much around it, its edges repeated where the plane ends."""
    height, width = plane.shape
    top, bottom, left, right = (
        part.y - edges[0],
        part.bottom + edges[1],
        part.x - edges[2],
        part.right + edges[3],
    )
    cut = plane[max(top, 0) : min(bottom, height), max(left, 0) : min(right, width)]
    lacking = max(-top, 0), max(bottom - height, 0), max(-left, 0), max(right - width, 0)
    if cut.dtype == np.float16:
        cut = cut.astype(np.float32)
    return np.asarray(cv2.copyMakeBorder(cut, *lacking, cv2.BORDER_REPLICATE)) if any(lacking) else cut


def _phases(plane: Plane, step: int, gain: float) -> list[Floats]:
    """Every `step`-th column from each of the first `step` on, times `gain`."""
    height, width = plane.shape
    parts = cv2.split(plane.reshape(height, width // step, step)) if step > 1 else (plane,)
    return [np.multiply(part, np.float32(gain), dtype=np.float32) for part in parts]


def _colour_terms(chroma: Sequence[Plane], sampling: Sampling) -> Floats:
    """3 x h x w: what chroma adds to R', G' and B', black's code included."""
    planes = [np.asarray(plane, dtype=np.float32) for plane in chroma]
    terms = np.empty((3, *planes[0].shape), np.float32)
    for row, term in zip(sampling.into, terms, strict=True):
        weighted(row[1:], planes, term)
    return terms


def _shares(step: int, phase: float, index: int) -> tuple[np.float32, np.float32, int]:
    """Of pixel `index` of a cell: the shares of the cell's own chroma sample and of a neighbour, and which (-1, 1)."""
    away = (index - phase * (step - 1)) / step
    return np.float32(1.0 - abs(away)), np.float32(abs(away)), -1 if away < 0 else 1


def _finer_rows(colour: Floats, sampling: Sampling, height: int) -> Floats:
    """Chroma's terms, one row and column more on every side, at the rows of luma."""
    step = sampling.step_y
    if step == 1:
        return colour[:, 1:-1]
    finer = np.empty((3, height, colour.shape[2]), np.float32)
    rows = colour.shape[1] - 2
    scaled: dict[np.float32, Floats] = {}
    for index in range(step):
        own, other, side = _shares(step, sampling.phase_y, index)
        for share in (own, other):
            if share not in scaled:
                scaled[share] = colour * share
        np.add(scaled[own][:, 1:-1], scaled[other][:, 1 + side : 1 + side + rows], out=finer[:, index::step])
    return finer


def _finer_columns(terms: Floats, column: int, sampling: Sampling, luma: Floats) -> Floats:
    """R'G'B' of the pixels in one column phase: luma plus chroma's terms interpolated there."""
    own, other, side = _shares(sampling.step_x, sampling.phase_x, column)
    columns = terms.shape[2] - 2
    here, beside = terms[:, :, 1:-1], terms[:, :, 1 + side : 1 + side + columns]
    if other == 0.0:
        return np.asarray(here + luma)
    if own == other:
        rgb = here + beside
        rgb *= own
    else:
        rgb = here * own
        rgb += beside * other
    rgb += luma
    return np.asarray(rgb)


def _at_chroma(luma: Sequence[Floats], sampling: Sampling, rows: int) -> Floats:
    """Luma at the chroma samples, as `engines.chroma.on_chroma_grid` tells it."""
    fx, fy, around = sampling.step_x, sampling.step_y, sampling.rows_around
    weights, first = taps(fy, sampling.phase_y)
    tall = [
        _summed(weights, lambda tap, plane=plane: plane[around + first + tap :: fy][:rows])  # type: ignore[misc]
        for plane in luma
    ]
    weights, first = taps(fx, sampling.phase_x)
    columns = luma[0].shape[1] - 2

    def at(tap: int) -> Floats:
        cell, phase = divmod(first + tap, fx)
        return tall[phase][:, 1 + cell : 1 + cell + columns]

    return _summed(weights, at)


def _summed(weights: Floats, at: Callable[[int], Floats]) -> Floats:
    total = at(0) * weights[0]
    for tap in range(1, len(weights)):
        total += at(tap) * weights[tap]
    return np.asarray(total)
