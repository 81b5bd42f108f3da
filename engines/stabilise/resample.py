"""Moves pictures by a displacement, once, plane by plane, whatever their sampling, depth and reduction."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.masks import Coverage, Mask
from engines.siting import chroma_phase
from engines.stabilise.model import displacement
from engines.types import Frame, Plane, Rect

Samples = NDArray[np.float32]

_TAPS = 5
"""Samples around a position that are read."""


@dataclass(frozen=True)
class Placing:
    """How a plane lies in the source picture of `width` x `height`: sample (i, j) is at (offset + index * step)."""

    width: int
    height: int
    step: tuple[float, float]
    offset: tuple[float, float]


def placing(frame: Frame, index: int, width: int, height: int, reduction: float) -> Placing:
    """Of plane `index` of a frame reduced from a source of `width` x `height` (enlarged, where below 1)."""
    layout = frame.format
    chroma = layout.family == "yuv" and index in (1, 2)
    steps = (layout.chroma_x, layout.chroma_y) if chroma else (1, 1)
    phase = chroma_phase(frame.colour.chroma_location)
    offsets = tuple((p * (s - 1) + 0.5) * reduction - 0.5 for p, s in zip(phase, steps, strict=True))
    return Placing(width, height, (steps[0] * reduction, steps[1] * reduction), (offsets[0], offsets[1]))


def targets(
    back: NDArray[np.float64], lie: Placing, cut: Rect, fields: int
) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Per field: where the samples of `cut` (of the plane) come from, (columns, rows) in samples of the plane.

    back: F x K. One field stands for all lines where there is only one, or where `fields` is 1 (their mean).
    """
    used = back if fields == len(back) else back.mean(axis=0, keepdims=True)
    answer = []
    for field in range(fields):
        rows = np.arange(cut.y, cut.bottom)
        rows = rows[rows % fields == field]
        columns = np.arange(cut.x, cut.right)
        x, y = lie.offset[0] + columns * lie.step[0], lie.offset[1] + rows * lie.step[1]
        moved = displacement(used[field], x, y, lie.width, lie.height)
        across = moved[..., 0] * np.float32(1 / lie.step[0]) + columns.astype(np.float32)
        down = moved[..., 1] * np.float32(1 / lie.step[1]) + rows.astype(np.float32)[:, None]
        answer.append((across, down))
    return answer


def resampled(
    plane: Plane, back: NDArray[np.float64], lie: Placing, cut: Rect, fields: int = 1, method: int = cv2.INTER_LANCZOS4
) -> Samples:
    """`cut` (samples of the plane) of the moved plane, float32. Beyond the plane its edge is repeated.

    fields: 2 keeps the lines of two fields apart.
    """
    answer = np.empty((cut.height, cut.width), np.float32)
    for field, (x, y) in enumerate(targets(back, lie, cut, fields)):
        if not len(y):
            continue
        lines = plane[field::fields]
        down = y if fields == 1 else (y - np.float32(field)) / np.float32(fields)
        read = _read(x, down, plane.shape[1], len(lines))
        held = np.asarray(lines[read.y : read.bottom, read.x : read.right], np.float32)
        moved = cv2.remap(
            held, x - np.float32(read.x), down - np.float32(read.y), method, borderMode=cv2.BORDER_REPLICATE
        )
        answer[(field - cut.y) % fields :: fields] = moved
    return answer


def _read(x: Samples, y: Samples, width: int, height: int) -> Rect:
    """What of a plane is read for samples at these places; never nothing, for beyond the plane its edge is repeated."""
    left, top = (int(np.clip(np.floor(p.min()) - _TAPS, 0, side - 1)) for p, side in ((x, width), (y, height)))
    right, bottom = (int(np.clip(np.ceil(p.max()) + _TAPS + 1, 1, side)) for p, side in ((x, width), (y, height)))
    return Rect(left, top, max(right - left, 1), max(bottom - top, 1))


def beyond(back: NDArray[np.float64], lie: Placing, cut: Rect, size: tuple[int, int], fields: int = 1) -> Mask:
    """Which samples of `cut` come from beyond a plane of `size` (width, height); a sample covers half a step around."""
    answer = np.empty((cut.height, cut.width), np.bool_)
    for field, (x, y) in enumerate(targets(back, lie, cut, fields)):
        out = (x < -0.5) | (y < -0.5) | (x > size[0] - 0.5) | (y > size[1] - 0.5)
        answer[(field - cut.y) % fields :: fields] = out
    return answer


def moved_marks(
    damage: Coverage | None, protected: Mask | None, back: NDArray[np.float64], lie: Placing, fields: int
) -> tuple[Coverage | None, Mask | None]:
    """Maps of marks, moved like luma: coverage linearly, protection to the nearest; nothing is marked beyond."""
    held = damage if damage is not None else protected
    if held is None:
        return None, None
    cut = Rect(0, 0, held.shape[1], held.shape[0])
    outside = beyond(back, lie, cut, (cut.width, cut.height), fields)
    if damage is not None:
        soft = np.rint(resampled(damage, back, lie, cut, fields, cv2.INTER_LINEAR))
        damage = np.where(outside, 0, np.clip(soft, 0, 255)).astype(np.uint8)
    if protected is not None:
        near = resampled(protected.astype(np.uint8), back, lie, cut, fields, cv2.INTER_NEAREST)
        protected = (near > 0) & ~outside
    return damage, protected
