"""Continuing a picture into a hole that no other frame fills."""

from __future__ import annotations

import cv2
import numpy as np

from engines.cancel import CancelToken
from engines.masks import Mask
from engines.repair.align import grown
from engines.repair.cells import any_in, mean_in, repeated
from engines.repair.exemplar import RIM, Continued, continue_texture
from engines.repair.exposure import matched, robust_sigma
from engines.repair.grain import like_surroundings
from engines.repair.spread import Field, spread

# What patches are taken from: so far around the hole.
_REACH = 48
_GRAIN_SIGMAS = 2.5


def fill_from_surroundings(
    planes: list[Field],
    hole: Mask,
    unknown: Mask,
    steps: list[tuple[int, int]],
    grain: float,
    seed: tuple[int, ...],
    cancel: CancelToken,
) -> list[Field]:
    """Planes (float32 code values) with `hole` (H x W, luma) filled: structure by patches, else smoothly, with grain.

    unknown: what must not be read besides the hole. grain: 0..1. Deterministic for a seed. Raises Cancelled.
    """
    known = ~grown(hole | unknown, 1)
    box = _box(hole, steps)
    stack = np.dstack([repeated(plane, step, hole.shape) for plane, step in zip(planes, steps, strict=True)])[box]
    scale = np.maximum(stack[known[box]].std(axis=0), 1e-6) if known[box].any() else np.ones(stack.shape[2])
    # Chroma is scaled like luma, not by its own spread, which is mostly noise.
    divisor = np.full(stack.shape[2], scale[0], np.float32)
    gap = np.zeros_like(hole)
    for plane_step in set(steps):
        gap |= repeated(any_in(hole, plane_step).astype(np.float32), plane_step, hole.shape) > 0
    continued = continue_texture(
        np.asarray(stack / divisor, np.float32), gap[box], known[box], np.random.default_rng(seed), cancel
    )
    filled = []
    for index, (plane, step) in enumerate(zip(planes, steps, strict=True)):
        place, sound = any_in(hole, step), ~any_in(~known, step)
        if continued is None:
            smooth = spread(plane, sound.astype(np.float32))
            answer = smooth + like_surroundings(plane, sound, (*seed, index)) * np.float32(grain)
        else:
            local = _blended(continued, index, float(divisor[index]), step, grain * _sigma(plane, sound))
            y, x = box[0].start // step[1], box[1].start // step[0]
            part = np.s_[y : y + local.shape[0], x : x + local.shape[1]]
            rim = (sound & any_in(grown(hole, RIM), step))[part].astype(np.float32)
            answer = plane.copy()
            # Patches bring the brightness of where they come from: what they miss at the rim is taken off.
            answer[part] = matched(local, np.ascontiguousarray(plane[part]), rim, gain=False)
        filled.append(np.where(place, answer, plane).astype(np.float32))
    return filled


def _blended(continued: Continued, index: int, divisor: float, step: tuple[int, int], sigma: float) -> Field:
    """The blend of patches with one patch's own grain, on the plane's grid."""
    mean, single = continued.mean[..., index], continued.single[..., index]
    keep = _GRAIN_SIGMAS * sigma / divisor
    return mean_in(np.asarray((mean + np.clip(single - mean, -keep, keep)) * divisor, np.float32), step)


def _box(hole: Mask, steps: list[tuple[int, int]]) -> tuple[slice, slice]:
    """The hole's surroundings, starting on the chroma grid."""
    across, down = max(s[0] for s in steps), max(s[1] for s in steps)
    rows, columns = np.flatnonzero(hole.any(axis=1)), np.flatnonzero(hole.any(axis=0))
    top, left = (max(int(v[0]) - _REACH, 0) for v in (rows, columns))
    bottom = min(-(-(int(rows[-1]) + 1 + _REACH) // down) * down, hole.shape[0])
    right = min(-(-(int(columns[-1]) + 1 + _REACH) // across) * across, hole.shape[1])
    return slice(top // down * down, bottom), slice(left // across * across, right)


def _sigma(plane: Field, known: Mask) -> float:
    """Grain of the calmer half of the known samples, from what a small blur takes away; 0 where nothing is known."""
    fine = np.asarray(plane - cv2.GaussianBlur(plane, (0, 0), 2.0), np.float32)
    if not known.any():
        return 0.0
    coarse = cv2.GaussianBlur(np.abs(fine), (0, 0), 4.0)
    calm = known & (coarse <= np.median(coarse[known]))
    return robust_sigma(fine, calm.astype(np.float32))
