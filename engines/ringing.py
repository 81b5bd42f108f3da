"""Keeps enlarged pictures from ringing: an edge may be steeper than the source's, not taller."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]

# Source pixels around that say which values are likely: together 3, less than any network sees.
_NEAR = np.ones((5, 5), np.uint8)
_MEDIAN = 3
# What stands out of the plateaus on both sides by less than the first share of the step is ringing, by more than the
# second a line or a grain that is really there. With these, Set5 and Set14 change by less than 0.01 dB.
_RINGS, _STANDS_OUT = np.float32(0.05), np.float32(0.08)
# Overshoot that is allowed, share of the step; and half an 8-bit code, so that flat places are not cut at rounding.
_ALLOWED, _ROUNDING = np.float32(0.01), np.float32(0.5 / 255.0)
_NO_LIMIT = np.float32(0.5)
_LEAST_STEP = np.float32(1e-6)


def without_ringing(answer: Picture, source: Picture, scale: int) -> Picture:
    """`answer` ((scale * h) x (scale * w)) limited to the plateaus that `source` (h x w) has nearby; identity at
    scale 1. A bicubically shrunk source rings itself: what stands out of its 3 x 3 median a little counts as ringing.
    """
    if scale == 1:
        return answer
    calm = cv2.medianBlur(source, _MEDIAN)
    high, low = cv2.dilate(calm, _NEAR), cv2.erode(calm, _NEAR)
    step = high - low + _LEAST_STEP
    above = _spare(cv2.dilate(source, _NEAR) - high, step)
    below = _spare(low - cv2.erode(source, _NEAR), step)
    size = (answer.shape[1], answer.shape[0])
    floor, ceiling = (cv2.resize(p, size, interpolation=cv2.INTER_NEAREST) for p in (low - below, high + above))
    return np.asarray(np.clip(answer, floor, ceiling), np.float32)


def _spare(excess: Picture, step: Picture) -> Picture:
    """How far beyond a plateau the answer may go, where the source goes beyond it by `excess`."""
    excess = np.maximum(excess, 0)
    real = np.clip((excess / step - _RINGS) / (_STANDS_OUT - _RINGS), 0, 1)
    return np.asarray(_ALLOWED * step + _ROUNDING + real * (excess + _NO_LIMIT * (step + excess)), np.float32)
