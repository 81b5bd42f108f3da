"""Neighbouring frames moved onto a frame along motion that specks do not mislead: cheap, in eight bits."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.luma import Luma
from engines.motion import Flow

Picture = NDArray[np.uint8]
"""H x W luma, nominal black 0 and white 255."""

# Motion is looked for in pictures of at most so many pixels: 720 x 576 whole, 1920 x 1080 at a third.
_SIGHT_PIXELS = 420_000
_SMALLEST = 24
# Light that differs over more than this share of the height, however it does, is no speck.
_LEVEL_CELLS = 22
_LEVEL_MEDIAN = 5


def eight_bit(luma: Luma) -> Picture:
    """Nominal luma (H x W float32, 0..1) as 0..255, what lies beyond black and white cut off."""
    return np.asarray(cv2.convertScaleAbs(np.maximum(luma, 0.0), alpha=255.0), np.uint8)


def sight_factor(height: int, width: int) -> int:
    """By how much pictures of this size are reduced before motion is looked for in them."""
    return max(1, math.ceil(math.sqrt(height * width / _SIGHT_PIXELS)))


def sight(picture: Picture, factor: int) -> Picture:
    """What motion is looked for in: reduced by `factor`, small specks and grain taken away by a median."""
    height, width = picture.shape
    if factor > 1:
        picture = cv2.resize(picture, (-(-width // factor), -(-height // factor)), interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    return np.asarray(cv2.medianBlur(picture, 3), np.uint8)


def motion(a: Picture, b: Picture) -> Flow:
    """Dense inverse search flow (Kroeger et al., ECCV 2016) between two `sight` pictures: a(x) looks like b(x + flow).

    Deterministic; zero for pictures too small to match.
    """
    if min(a.shape) < _SMALLEST:
        return np.zeros((*a.shape, 2), np.float32)
    engine = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    engine.setFinestScale(1)
    # Measured on real clips: as good as the medium preset's five, at half the time.
    engine.setVariationalRefinementIterations(2)
    flow: Any = engine.calc(a, b, None)  # type: ignore[call-overload]
    return np.asarray(flow, np.float32)


def chained(first: Flow, second: Flow) -> Flow:
    """Motion along `first` and then, from where it leads, along `second`; both of one size."""
    moved: Any = cv2.remap(
        second, first + _grid(*first.shape[:2]), None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )  # type: ignore[call-overload]
    return np.asarray(first + moved, np.float32)


def moved(picture: Picture, flow: Flow, onto: Picture, *, fine: bool) -> Picture:
    """`picture` fetched along a flow of a reduced size; `fine`: bicubic, which keeps texture, else bilinear.

    Where the flow leads out of the picture it knows nothing, and what `onto` shows there stands.
    """
    height, width = picture.shape
    rows, columns = flow.shape[:2]
    if (rows, columns) != (height, width):
        # Reduced sizes round up, so one reduced pixel is `factor` pixels wide, not width / columns.
        factor = max(-(-height // rows), -(-width // columns))
        # Scaled while it is small: at full size every pass costs as much as fetching.
        small = flow * np.float32(factor)
        grown = cv2.resize(small, (columns * factor, rows * factor), interpolation=cv2.INTER_LINEAR)
        flow = np.asarray(grown[:height, :width], np.float32)
    method = cv2.INTER_CUBIC if fine else cv2.INTER_LINEAR
    field = cv2.add(flow, _grid(height, width))
    fetched: Any = onto.copy()
    cv2.remap(picture, field, None, method, dst=fetched, borderMode=cv2.BORDER_TRANSPARENT)  # type: ignore[call-overload]
    return np.asarray(fetched, np.uint8)


def levelled(neighbour: Picture, picture: Picture) -> Picture:
    """`neighbour` with its light made that of `picture`: flicker, fades, lamps and flashes are no specks.

    The median of differences around decides, so that a blotch as large as a sixth of the height keeps its difference.
    """
    height, width = picture.shape
    cell = max(4, round(height / _LEVEL_CELLS))
    small = (-(-width // cell), -(-height // cell))
    a = cv2.resize(picture, small, interpolation=cv2.INTER_AREA).astype(np.float32)
    b = cv2.resize(neighbour, small, interpolation=cv2.INTER_AREA).astype(np.float32)
    step = cv2.medianBlur(a - b, _LEVEL_MEDIAN)
    if float(np.abs(step).max()) < 1.0:
        return neighbour
    wide = cv2.resize(cv2.blur(step, (3, 3)), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.add(neighbour, wide, dtype=cv2.CV_8U), np.uint8)


@lru_cache(maxsize=4)
def _grid(height: int, width: int) -> Flow:
    """H x W x 2: where each pixel is, (x, y)."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    grid = np.ascontiguousarray(np.dstack([x, y]))
    grid.setflags(write=False)
    return grid
