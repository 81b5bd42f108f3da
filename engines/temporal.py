"""What neighbouring frames know of a frame: their motion-compensated mean, and how far it can be trusted."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from engines.luma import Luma
from engines.motion import flow_between, lands_inside, warp

FARTHEST = 3
"""Neighbours on each side at the most."""

# Standard deviation (8-bit code values) that a quantiser step leaves: _CODED * step ** _CODED_POWER, fitted on JPEG.
_CODED, _CODED_POWER = 1.21, 0.42

# Flow on noise follows the noise: pictures are smoothed (standard deviation, pixels) before motion is looked for.
_CALM = 1.2
# Side of the window in which a neighbour must agree, pixels.
_WINDOW = 7
# Standard deviation by which aligned pictures may differ without any noise, nominal range.
_SLACK = 2.5 / 255.0


@dataclass(frozen=True, eq=False)
class Support:
    """mean: H x W float32, the mean of frame and neighbours minus the frame. share: H x W float32, 0 (nothing aligned)
    to 1 (every one of 2 x FARTHEST neighbours fits perfectly).
    """

    mean: Luma
    share: Luma


def uncertainty(noise: float, step: float) -> float:
    """Standard deviation (nominal range) of one frame around the truth; noise: nominal range, step: 8-bit codes."""
    coded = _CODED * step**_CODED_POWER / 255.0 if step > 0 else 0.0
    return math.hypot(noise, coded)


def support(luma: Luma, neighbours: Iterable[Luma], unsure: float) -> Support:
    """Robust motion-compensated mean, after MVTools-style degraining: every neighbour counts where it agrees.

    luma, neighbours: H x W float32, nominal 0..1. unsure: `uncertainty` of one frame. Deterministic.
    Without neighbours, zeros.
    """
    height, width = luma.shape
    calm = _calm(luma, unsure)
    total, weight = np.zeros_like(luma), np.zeros_like(luma)
    allowed = np.float32(2.0 * (unsure**2 + _SLACK**2))
    for other in neighbours:
        flow = flow_between(calm, _calm(other, unsure))
        moved = warp(other, flow)
        apart = cv2.boxFilter((moved - luma) ** 2, -1, (_WINDOW, _WINDOW))
        # Full weight up to the difference that noise explains, then falling fast.
        fits = np.exp(-np.maximum(apart / allowed - 1.0, 0.0) * 2.0)
        fits = np.where(lands_inside(flow, width, height), fits, 0.0).astype(np.float32)
        total += fits * (moved - luma)
        weight += fits
    share = weight / np.float32(2 * FARTHEST)
    return Support(np.asarray(total / (1.0 + weight), np.float32), np.asarray(share, np.float32))


def _calm(luma: Luma, unsure: float) -> Luma:
    if unsure < 1.0 / 255.0:
        return luma
    return np.asarray(cv2.GaussianBlur(luma, (0, 0), _CALM), np.float32)
