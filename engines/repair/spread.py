"""Smooth continuation of known values into unknown places (a normalised-convolution pyramid)."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]

_ENOUGH = 1e-4


def spread(values: Field, weight: Field) -> Field:
    """Keep `values` where `weight` is 1, continue them smoothly where it is 0, mix in between.

    values: H x W or H x W x C float32; weight: H x W float32, 0..1. Where nothing at all is known the answer is 0.
    """
    fields = values if values.ndim == 3 else values[..., None]
    levels = [_weighted(fields, weight)]
    while min(levels[-1].shape[:2]) > 1 and float(levels[-1][..., -1].min()) < 1.0 - _ENOUGH:
        levels.append(_halve(levels[-1]))
    coarse = _divided(levels.pop())
    while levels:
        level = levels.pop()
        height, width = level.shape[:2]
        finer: Any = cv2.pyrUp(coarse, dstsize=(width, height))
        finer = finer.reshape((*level.shape[:2], coarse.shape[2]))
        share = level[..., -1:]
        coarse = np.asarray(share * _divided(level) + (1.0 - share) * finer, np.float32)
    return np.ascontiguousarray(coarse.reshape(values.shape))


def smoothed(values: Field, weight: Field, sigma: float) -> Field:
    """Weighted Gaussian mean of H x W `values`; 0 where no weight is near."""
    top: Any = cv2.GaussianBlur(values * weight, (0, 0), sigma)
    bottom: Any = cv2.GaussianBlur(weight, (0, 0), sigma)
    return np.asarray(top / np.maximum(bottom, _ENOUGH), np.float32)


def _weighted(fields: Field, weight: Field) -> Field:
    """Values times weight, the weight as last channel."""
    share = np.clip(weight, 0.0, 1.0)[..., None]
    return np.ascontiguousarray(np.concatenate([fields * share, share], axis=2), np.float32)


def _divided(level: Field) -> Field:
    return np.ascontiguousarray(level[..., :-1] / np.maximum(level[..., -1:], 1e-12))


def _halve(level: Field) -> Field:
    half: Field = np.asarray(cv2.pyrDown(level), np.float32)
    # A place is taken as known at the coarser level as soon as a quarter of it is.
    grown = np.minimum(half[..., -1:] * 4.0, 1.0)
    factor = grown / np.maximum(half[..., -1:], 1e-12)
    return np.asarray(half * factor, np.float32)
