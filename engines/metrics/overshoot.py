"""Overshoot: by how much of a step's height a picture goes beyond the plateaus on both sides of the step."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.luma import luma_of
from engines.metrics.pair import same_size
from engines.types import Frame

# Lower steps are texture or noise.
_LEAST_STEP = 0.1
# A plateau may wander by this share of the step's height.
_FLAT = 0.25
_REACH = 4
_FEWEST = 16

Plane = NDArray[np.float32]


def overshoot(frame: Frame, reference: Frame | None = None, scale: int = 1) -> float | None:
    """Mean over all step edges, in per cent of their height; None where the picture has fewer than 16 edge pixels.

    An edge is a horizontal or vertical place where luma passes half-way between two plateaus at least 0.1 (of black
    to white) apart: the pixels 5 to 8 away on either side (times `scale`, for enlarged pictures), level within a
    quarter of the step. Overshoot is what lies outside the plateaus' extremes within 4 pixels of the edge, on the
    worse side (Gibbs' phenomenon; halos of sharpening). With a `reference` edges are the reference's, and only what
    leaves *its* extremes over all 16 pixels counts: the reference itself has 0. Raises MediaError where sizes differ.
    """
    if reference is not None:
        same_size(frame, reference)
    ours = luma_of(frame)
    guide = None if reference is None else luma_of(reference)
    found = [_along_rows(ours, guide, _REACH * scale)]
    found.append(_along_rows(_turned(ours), None if guide is None else _turned(guide), _REACH * scale))
    every = np.concatenate(found)
    return None if every.size < _FEWEST else float(every.mean()) * 100.0


def _along_rows(ours: Plane, guide: Plane | None, reach: int) -> Plane:
    """Overshoot (0..) at every edge between horizontal neighbours."""
    width = ours.shape[1]
    if width < 4 * reach:
        return np.empty(0, np.float32)
    plain = ours if guide is None else guide
    # Entry i of a windowed extreme covers columns i..i + reach - 1; the edge lies between columns e - 1 and e.
    low, high = _extremes(plain, reach)
    edges = np.arange(2 * reach, width - 2 * reach + 1)
    left, right = edges - 2 * reach, edges + reach
    bottom, top = np.minimum(low[:, left], low[:, right]), np.maximum(high[:, left], high[:, right])
    means = cv2.blur(plain, (reach, 1), anchor=(0, 0), borderType=cv2.BORDER_REPLICATE)
    first, second = means[:, left], means[:, right]
    height = np.abs(second - first)
    level = np.maximum(high[:, left] - low[:, left], high[:, right] - low[:, right])
    middle = (first + second) / 2
    before, after = plain[:, edges - 1] < middle, plain[:, edges] < middle
    edge = (height >= _LEAST_STEP) & (level <= _FLAT * height) & (before != after)
    if guide is not None:
        bottom, top = (
            np.minimum(bottom, np.minimum(low[:, edges - reach], low[:, edges])),
            np.maximum(top, np.maximum(high[:, edges - reach], high[:, edges])),
        )
    reached_low, reached_high = _extremes(ours, reach)
    over = np.maximum(reached_high[:, edges - reach], reached_high[:, edges]) - top
    under = bottom - np.minimum(reached_low[:, edges - reach], reached_low[:, edges])
    beyond = np.maximum(np.maximum(over, under), 0.0)
    return np.asarray((beyond[edge] / height[edge]), dtype=np.float32)


def _extremes(plane: Plane, reach: int) -> tuple[Plane, Plane]:
    kernel = np.ones((1, reach), np.uint8)
    # Without (0, 0) the window would be centred; OpenCV mirrors nothing for either.
    found = (cv2.erode(plane, kernel, anchor=(0, 0)), cv2.dilate(plane, kernel, anchor=(0, 0)))
    return cast("tuple[Plane, Plane]", found)


def _turned(plane: Plane) -> Plane:
    return np.ascontiguousarray(plane.T)
