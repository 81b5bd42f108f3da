"""Continuing a picture into a hole that no other frame fills."""

from __future__ import annotations

import numpy as np

from engines.cancel import CancelToken
from engines.masks import Mask
from engines.models.registry import load_fill
from engines.repair.align import grown
from engines.repair.cells import any_in, picture_planes, repeated, steps
from engines.repair.fill_colour import from_nominal, to_nominal
from engines.repair.fill_grain import grain_over, sampled
from engines.repair.fill_network import continued
from engines.repair.spread import Field
from engines.types import Frame, Rect

# From so far around a hole its grain is measured, in pixels.
_REACH = 48


def fill_from_surroundings(
    planes: list[Field],
    hole: Mask,
    unknown: Mask,
    frame: Frame,
    damage: Mask,
    window: Rect,
    grain: float,
    seed: tuple[int, ...],
    cancel: CancelToken,
) -> list[Field]:
    """Planes of a window (float32 code values) with `hole` (H x W, luma) filled by the fill network's conditional mean,
    and the surroundings' grain laid over it.

    unknown: what must not be read besides the hole. frame: tells format, colour and what its grain is like where there
    is no `damage` (H x W of it). window: where in it the planes lie. grain: 0..1. Deterministic for a seed. Raises
    Cancelled, ModelError.
    """
    all_steps = [steps(frame, index) for index in picture_planes(frame)]
    # A chroma sample that is replaced is unknown wherever it shows.
    missing = hole.copy()
    for step in set(all_steps):
        missing |= repeated(any_in(hole, step).astype(np.float32), step, hole.shape) > 0
    picture = to_nominal(planes, frame)
    mean = continued(load_fill().network, picture, missing, unknown, (window.x, window.y), cancel)
    answers = from_nominal(mean, frame)
    if grain > 0.0:
        # RGB's grain is laid on luma and chroma: layers that know nothing of each other would make it colourful.
        mixed = frame.format.family == "rgb"
        channels = [np.ascontiguousarray(picture[..., c]) for c in range(3)] if mixed else planes
        targets = [mean[..., c] for c in range(3)] if mixed else answers
        known = ~grown(hole | unknown, 1)
        boxes = [_box(hole, step) for step in all_steps]
        sound = [~any_in(~known, step)[box] for step, box in zip(all_steps, boxes, strict=True)]
        own = [np.ascontiguousarray(channel[box]) for channel, box in zip(channels, boxes, strict=True)]
        noises = grain_over(own, sound, float(targets[0][hole].mean()), sampled(frame, damage), seed)
        for target, box, noise in zip(targets, boxes, noises, strict=True):
            target[box] += np.float32(grain) * noise
        answers = from_nominal(mean, frame) if mixed else answers
    places = (any_in(hole, step) for step in all_steps)
    return [
        np.where(place, answer, plane).astype(np.float32)
        for place, answer, plane in zip(places, answers, planes, strict=True)
    ]


def _box(hole: Mask, step: tuple[int, int]) -> tuple[slice, slice]:
    """The hole and its surroundings, in a plane's samples."""
    sides = []
    for axis, per in ((1, step[1]), (0, step[0])):
        there = np.flatnonzero(hole.any(axis=axis))
        sides.append(slice(max(int(there[0]) - _REACH, 0) // per, -(-(int(there[-1]) + 1 + _REACH) // per)))
    return sides[0], sides[1]
