"""Temporal consistency: the warping error between a frame and its motion-compensated neighbour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.luma import luma_of
from engines.metrics.pair import luma_pair
from engines.motion import Flow, flow_between, lands_inside, round_trip_error, warp
from engines.types import Frame

# Going there and back again may miss by this many pixels before a pixel counts as occluded.
_TOLERANCE = 1.0
# With less than this share of the picture left the figure would say nothing.
_LEAST_VISIBLE = 0.1


@dataclass(frozen=True, eq=False)
class Motion:
    """Motion from a frame back to the one before it: flow H x W x 2 pixels, visible H x W where both show the same."""

    flow: Flow
    visible: NDArray[np.bool_]


def motion_of(previous: Frame, current: Frame) -> Motion:
    """Motion between two neighbouring frames of the reference (of the clip itself where there is none)."""
    before, now = luma_of(previous), luma_of(current)
    backward, forward = flow_between(now, before), flow_between(before, now)
    seen = (round_trip_error(backward, forward) < _TOLERANCE) & lands_inside(backward, current.width, current.height)
    return Motion(backward, np.asarray(seen))


def warping_error(previous: Frame, current: Frame, motion: Motion | None = None) -> float | None:
    """E_warp: mean squared difference of `current` and `previous` warped to it, over pixels visible in both.

    On studio-range luma with peak 1. `motion` should be the reference's, so that a result cannot look steady by being
    blurred; without it the frames' own is used. None where under a tenth of the picture is visible in both.
    A cut is not always seen by that: do not ask across one.
    Raises MediaError where the sizes differ.
    """
    before, now = luma_pair(previous, current)
    motion = motion or motion_of(previous, current)
    if float(motion.visible.mean()) < _LEAST_VISIBLE:
        return None
    moved = warp(before.astype(np.float32), motion.flow, linear=True)
    return float(np.mean(np.square(now - moved)[motion.visible]))
