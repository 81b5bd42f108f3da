"""Motion between two pictures in a coarse grid of cells, each with how far it is to be trusted in every direction."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.luma import Luma
from engines.motion import Flow

COLUMNS, ROWS = 20, 12
"""Of the grid."""
_SPREAD = 15.0
"""Pixels over which a picture's local mean and contrast are taken."""
_GRAIN = 0.03
"""Contrast (nominal) below which it is grain that is seen; it is not raised further."""
_SOFT = 1.0
_EIGHT_BIT = 42.0
_SHARED = 8.0
"""How many neighbouring pixels share their noise."""
_MODEL = 0.05
"""Pixels: what a cell's motion may differ from any smooth motion, besides noise."""
_EDGE = 3
_NOTHING = 1e-6


@dataclass(frozen=True, eq=False)
class View:
    """A picture prepared for measuring, and how it lies in the source.

    even: h x w float32, local mean 0 and contrast about 1, whatever the light. byte: the same in 8 bits. A sample
    (i, j) lies at source pixel origin + (i, j) * step, all as (x, y).
    """

    even: Luma
    byte: NDArray[np.uint8]
    origin: tuple[float, float]
    step: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Cells:
    """What M cells say. places: M x 2, source pixels; moves: M x 2, source pixels from the first picture to the
    second; trust: M x 2 x 2, inverse covariance, 0 where there is nothing to see."""

    places: NDArray[np.float32]
    moves: NDArray[np.float32]
    trust: NDArray[np.float32]


def view(luma: Luma, origin: tuple[float, float], step: tuple[float, float]) -> View:
    """Prepare a luma picture (nominal): flicker and fading leave the result as it is."""
    size = (2 * int(_SPREAD) + 1,) * 2
    mean = cv2.blur(luma, size)
    square = cv2.blur(luma * luma, size)
    contrast = np.sqrt(np.maximum(square - mean * mean, 0.0)) + np.float32(_GRAIN)
    even = cv2.GaussianBlur((luma - mean) / contrast, (0, 0), _SOFT)
    return evened(np.asarray(even, np.float32), origin, step)


def evened(even: Luma, origin: tuple[float, float], step: tuple[float, float]) -> View:
    """Of a picture that was prepared before, such as a mean of prepared ones."""
    byte = np.clip(even * np.float32(_EIGHT_BIT) + np.float32(128.5), 0, 255).astype(np.uint8)
    return View(even, byte, origin, step)


def dense(a: View, b: View) -> Flow:
    """Motion of every pixel from `a` to `b` by dense inverse search (Kroeger et al. 2016), in pixels of the views."""
    engine = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    return np.asarray(engine.calc(a.byte, b.byte, None), np.float32)  # type: ignore[call-overload]


def measured(a: View, b: View, flow: Flow) -> Cells:
    """The motion of every cell from `a` to `b`, refined from `flow` (pixels of the views) by one step of Lucas and
    Kanade (1981) with the gradients of both pictures, which noise does not bias.
    """
    height, width = a.even.shape
    x = flow[..., 0] + np.arange(width, dtype=np.float32)
    y = flow[..., 1] + np.arange(height, dtype=np.float32)[:, None]
    there = np.asarray(cv2.remap(b.even, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)
    known = (x >= _EDGE) & (y >= _EDGE) & (x < width - _EDGE) & (y < height - _EDGE)
    known[:_EDGE] = known[-_EDGE:] = False
    known[:, :_EDGE] = known[:, -_EDGE:] = False
    return _cells(a, there, flow, known.astype(np.float32))


def _cells(a: View, there: Luma, flow: Flow, known: Luma) -> Cells:
    both = (a.even + there) * np.float32(0.5)
    flow_x, flow_y = (np.asarray(one, np.float32) for one in cv2.split(flow))
    across = cv2.Scharr(both, cv2.CV_32F, 1, 0, scale=1 / 32) * known
    down = cv2.Scharr(both, cv2.CV_32F, 0, 1, scale=1 / 32) * known
    # What the gradients would see if the picture moved by the wanted motion from scratch.
    seen = across * flow_x + down * flow_y - (there - a.even) * known
    height, width = a.even.shape
    columns = np.arange(width, dtype=np.float32)
    rows = np.arange(height, dtype=np.float32)[:, None]
    # One product at a time, in one place: it stays in the processor's cache.
    product = np.empty_like(across)

    def means(one: Luma, other: Luma) -> NDArray[np.float64]:
        return _means(np.multiply(one, other, out=product))

    xx, xy, yy = means(across, across), means(across, down), means(down, down)
    xs, ys, ss = means(across, seen), means(down, seen), means(seen, seen)
    energy = across * across
    energy += np.multiply(down, down, out=product)
    ex, ey, fx, fy = (means(energy, one) for one in (columns, rows, flow_x, flow_y))
    strength = xx + yy
    seeable = strength > _NOTHING
    safe = np.where(seeable, strength, 1.0)
    # A whisper of a prior towards the dense flow keeps straight edges from sliding along themselves.
    prior = 1e-3 * safe
    guess_x, guess_y = fx / safe, fy / safe
    a11, a22, a12 = xx + prior, yy + prior, xy
    b1, b2 = xs + prior * guess_x, ys + prior * guess_y
    determinant = a11 * a22 - a12 * a12
    move_x = (a22 * b1 - a12 * b2) / determinant
    move_y = (a11 * b2 - a12 * b1) / determinant
    left = np.maximum(ss - 2 * (move_x * xs + move_y * ys) + _quadratic(xx, xy, yy, move_x, move_y), 1e-5)
    independent = width * height / (COLUMNS * ROWS) / _SHARED
    trust = _trust(xx, xy, yy, left / independent)
    trust[~seeable] = 0.0
    step = np.array(a.step)
    places = np.stack([ex / safe, ey / safe], -1) * step + np.array(a.origin)
    moves = np.where(seeable[:, None], np.stack([move_x, move_y], -1), 0.0) * step
    trust = trust / step[:, None] / step[None, :]
    return Cells(places.astype(np.float32), moves.astype(np.float32), trust.astype(np.float32))


def _means(plane: Luma) -> NDArray[np.float64]:
    """Of every cell, row by row. One direction at a time is an eighth of the work."""
    across = cv2.resize(plane, (COLUMNS, plane.shape[0]), interpolation=cv2.INTER_AREA)
    return cv2.resize(across, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA).astype(np.float64).ravel()


def _quadratic(
    xx: NDArray[np.float64], xy: NDArray[np.float64], yy: NDArray[np.float64],
    x: NDArray[np.float64], y: NDArray[np.float64],
) -> NDArray[np.float64]:  # fmt: skip
    return np.asarray(xx * x * x + 2 * xy * x * y + yy * y * y)


def _trust(
    xx: NDArray[np.float64], xy: NDArray[np.float64], yy: NDArray[np.float64], noise: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Inverse covariance: of the noise through the structure tensor, and of what no model explains."""
    seen = np.stack([np.stack([xx, xy], -1), np.stack([xy, yy], -1)], -2) / noise[:, None, None]
    # (seen^-1 + m I)^-1 without inverting `seen`, which flat cells make singular.
    mixed = np.eye(2) + _MODEL**2 * seen
    return np.asarray(np.linalg.solve(mixed, seen))
