"""Cutting a mask into regions that are repaired one by one, each inside its own window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.masks import Mask
from engines.repair.spread import Field
from engines.types import Rect

T = TypeVar("T", bound=np.generic)

# Around the damage: enough to find motion and to judge a donor by what is known there.
_MARGIN = 32
# Regions nearer than this share a window; cheaper than repeating the motion search.
_NEAR = 16
# From this share of the picture on, one window for all costs less than many that overlap.
_WHOLE = 0.6


@dataclass(frozen=True, eq=False)
class Region:
    """Damage that is repaired together. All maps have the window's size.

    hole: the pixels this region answers for. unknown: all damaged pixels in the window, its neighbours' too.
    weight: 0..1, how much of the repair is laid over the picture, meaningful in the hole.
    """

    window: Rect
    hole: Mask
    unknown: Mask
    weight: Field


def regions(wanted: Mask, unknown: Mask, weight: Field, step_x: int, step_y: int) -> tuple[Region, ...]:
    """Disjoint regions of all that is `wanted` (H x W), in reading order; windows lie on the chroma grid."""
    if not wanted.any():
        return ()
    bounds = Rect(0, 0, wanted.shape[1], wanted.shape[0])
    kernel = np.ones((2 * (_NEAR // 2) + 1,) * 2, np.uint8)
    near = cv2.dilate(wanted.astype(np.uint8), kernel)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(near, connectivity=8)
    groups = np.where(wanted, labels, 0)
    found = []
    for label in range(1, count):
        x, y, width, height = (int(v) for v in stats[label, :4])
        window = Rect(x, y, width, height).grown(_MARGIN, bounds).aligned(step_x, step_y, bounds)
        found.append((window, label))
    if sum(w.width * w.height for w, _ in found) > _WHOLE * wanted.size:
        return (Region(bounds, wanted, unknown, weight),)
    return tuple(
        Region(window, _cut(groups, window) == label, _cut(unknown, window), _cut(weight, window))
        for window, label in found
    )


def _cut(plane: NDArray[T], window: Rect) -> NDArray[T]:
    return np.ascontiguousarray(plane[window.y : window.bottom, window.x : window.right])
