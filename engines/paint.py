"""Painting into a coverage plane by hand: soft round strokes and filled shapes. Returns what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.types import Rect

Coverage = NDArray[np.uint8]
Point = tuple[float, float]
"""x, y in pixels of the plane; the first pixel reaches from 0 to 1."""

_FULL = 255
_SUBPIXEL_BITS = 4


@dataclass(frozen=True)
class Dab:
    """Where the brush touches: its centre and radius in pixels."""

    x: float
    y: float
    radius: float


def stroke_segment(coverage: Coverage, start: Dab, end: Dab, hardness: float, *, erase: bool = False) -> Rect | None:
    """Draw what the brush covers on its way from `start` to `end`; None where that is outside the plane.

    hardness: share of the radius that is fully painted; the edge is never sharper than one pixel. Painting keeps the
    larger coverage and erasing the smaller, so passing twice over a soft edge does not harden it.
    """
    box = _box(coverage, (start.x, end.x), (start.y, end.y), max(start.radius, end.radius) + 1)
    if box is None:
        return None
    _apply(coverage, box, _capsule(box, start, end, hardness), erase)
    return box


def fill_polygon(coverage: Coverage, points: Sequence[Point], *, erase: bool = False) -> Rect | None:
    """Fill a closed outline and, in part, the pixels that it touches; None where that is outside the plane."""
    if len(points) < 3:
        return None
    box = _box(coverage, [x for x, _ in points], [y for _, y in points], 1)
    if box is None:
        return None
    # OpenCV counts from pixel centres, in fixed point.
    corners = (np.array(points) - (box.x + 0.5, box.y + 0.5)) * 2**_SUBPIXEL_BITS
    added = np.zeros((box.height, box.width), np.uint8)
    outline: Any = [np.rint(corners).astype(np.int32)]
    cv2.fillPoly(added, outline, (_FULL,), cv2.LINE_AA, _SUBPIXEL_BITS)
    _apply(coverage, box, added, erase)
    return box


def fill_rectangle(coverage: Coverage, corner: Point, opposite: Point, *, erase: bool = False) -> Rect | None:
    """Fill every pixel that the rectangle between two corners touches; None where that is outside the plane."""
    box = _box(coverage, (corner[0], opposite[0]), (corner[1], opposite[1]), 0)
    if box is None:
        return None
    _apply(coverage, box, np.full((box.height, box.width), _FULL, np.uint8), erase)
    return box


def united(first: Rect | None, second: Rect | None) -> Rect | None:
    """The smallest rectangle that holds both."""
    if first is None or second is None:
        return first or second
    x, y = min(first.x, second.x), min(first.y, second.y)
    return Rect(x, y, max(first.right, second.right) - x, max(first.bottom, second.bottom) - y)


def _box(coverage: Coverage, xs: Sequence[float], ys: Sequence[float], margin: float) -> Rect | None:
    height, width = coverage.shape
    left, top = max(int(np.floor(min(xs) - margin)), 0), max(int(np.floor(min(ys) - margin)), 0)
    right, bottom = min(int(np.ceil(max(xs) + margin)), width), min(int(np.ceil(max(ys) + margin)), height)
    return Rect(left, top, right - left, bottom - top) if right > left and bottom > top else None


def _capsule(box: Rect, start: Dab, end: Dab, hardness: float) -> Coverage:
    """Coverage of a brush drawn along a straight way, its radius changing evenly."""
    x = np.arange(box.x, box.right, dtype=np.float32) + np.float32(0.5 - start.x)
    y = np.arange(box.y, box.bottom, dtype=np.float32)[:, None] + np.float32(0.5 - start.y)
    dx, dy = end.x - start.x, end.y - start.y
    length = max(dx * dx + dy * dy, 1e-9)
    along = np.clip(x * np.float32(dx / length) + y * np.float32(dy / length), 0, 1)
    distance = np.hypot(x - along * np.float32(dx), y - along * np.float32(dy))
    radius = np.float32(start.radius) + along * np.float32(end.radius - start.radius)
    feather = np.maximum(radius * np.float32(1 - hardness), 1)
    # The one-pixel edge of a hard brush straddles its radius, so that the painted area is the circle's.
    share = np.clip((radius + np.float32(0.5) - distance) / feather, 0, 1)
    return np.asarray(np.rint(share * _FULL), np.uint8)


def _apply(coverage: Coverage, box: Rect, added: Coverage, erase: bool) -> None:
    target = coverage[box.y : box.bottom, box.x : box.right]
    if erase:
        np.minimum(target, _FULL - added, out=target)
    else:
        np.maximum(target, added, out=target)
