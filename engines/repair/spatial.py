"""Continuing a picture into a hole that no other frame fills."""

from __future__ import annotations

import numpy as np

from engines.cancel import CancelToken
from engines.masks import Mask
from engines.models.registry import load_fill
from engines.repair.align import grown
from engines.repair.cells import any_in, picture_planes, repeated, steps
from engines.repair.fill_colour import from_nominal, to_nominal
from engines.repair.fill_network import continued
from engines.repair.grain import like_surroundings
from engines.repair.spread import Field
from engines.types import Frame, Rect

# From so far around a hole its grain is measured, in pixels.
_REACH = 48


def fill_from_surroundings(
    planes: list[Field],
    hole: Mask,
    unknown: Mask,
    frame: Frame,
    window: Rect,
    grain: float,
    seed: tuple[int, ...],
    cancel: CancelToken,
) -> list[Field]:
    """Planes of a window (float32 code values) with `hole` (H x W, luma) filled by the fill network's conditional mean,
    and the surroundings' grain laid over it.

    unknown: what must not be read besides the hole. frame: tells format and colour. window: where in it the planes lie.
    grain: 0..1. Deterministic for a seed. Raises Cancelled, ModelError.
    """
    all_steps = [steps(frame, index) for index in picture_planes(frame)]
    # A chroma sample that is replaced is unknown wherever it shows.
    missing = hole.copy()
    for step in set(all_steps):
        missing |= repeated(any_in(hole, step).astype(np.float32), step, hole.shape) > 0
    picture = to_nominal(planes, frame)
    mean = continued(load_fill().network, picture, missing, unknown, (window.x, window.y), cancel)
    filled = []
    for index, (plane, answer, step) in enumerate(zip(planes, from_nominal(mean, frame), all_steps, strict=True)):
        place, box = any_in(hole, step), _box(hole, step)
        if grain > 0.0:
            sound = ~any_in(grown(hole | unknown, 1), step)
            noise = like_surroundings(np.ascontiguousarray(plane[box]), sound[box], (*seed, index))
            answer[box] += np.float32(grain) * noise
        filled.append(np.where(place, answer, plane).astype(np.float32))
    return filled


def _box(hole: Mask, step: tuple[int, int]) -> tuple[slice, slice]:
    """The hole and its surroundings, in a plane's samples."""
    sides = []
    for axis, per in ((1, step[1]), (0, step[0])):
        there = np.flatnonzero(hole.any(axis=axis))
        sides.append(slice(max(int(there[0]) - _REACH, 0) // per, -(-(int(there[-1]) + 1 + _REACH) // per)))
    return sides[0], sides[1]
