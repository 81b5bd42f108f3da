"""Fitting a donor's levels to those around the hole, so that flicker leaves no seam."""

from __future__ import annotations

import numpy as np

from engines.repair.spread import Field, smoothed, spread

# The boundary's mismatch is averaged over so many samples; the more grain there is, the more, up to the second: finer
# would carry it into the hole as clouds.
_SMOOTH, _SMOOTHEST = 2.0, 6.0
_GRAINY = 0.03
_GAINS = (0.7, 1.4)
_FEWEST = 24


def matched(donor: Field, current: Field, weight: Field, *, gain: bool, noise: float = 0.0) -> Field:
    """`donor` with a gain and offset fitted to `current` where `weight` (H x W, 0..1) says it is known.

    What mismatch remains at the hole's boundary is continued into the hole as a smooth offset. noise: nominal
    standard deviation of the grain.
    """
    fitted = donor
    if float(weight.sum()) >= _FEWEST:
        slope, offset = _fit(donor, current, weight, gain)
        fitted = np.asarray(donor * np.float32(slope) + np.float32(offset), np.float32)
    rest = np.asarray(current - fitted, np.float32)
    # A mismatch far beyond the usual is other motion or unmasked damage, not exposure.
    sure = np.asarray(weight / (1.0 + np.square(rest / (3.0 * robust_sigma(rest, weight)))), np.float32)
    support = np.minimum(sure * 4.0, 1.0).astype(np.float32)
    return np.asarray(fitted + spread(smoothed(rest, sure, smoothing(noise)), support), np.float32)


def smoothing(noise: float) -> float:
    """Gaussian radius in samples over which a mismatch is averaged under grain of nominal deviation `noise`."""
    return _SMOOTH + (_SMOOTHEST - _SMOOTH) * min(noise / _GRAINY, 1.0)


def robust_sigma(values: Field, weight: Field) -> float:
    """Standard deviation of the bulk of `values` where weight is above a half; never 0."""
    chosen = values[weight > 0.5]
    if chosen.size == 0:
        return 1.0
    return max(1.4826 * float(np.median(np.abs(chosen - np.median(chosen)))), 1e-6)


def _fit(donor: Field, current: Field, weight: Field, gain: bool) -> tuple[float, float]:
    x, y, base = (v[weight > 0].astype(np.float64) for v in (donor, current, weight))
    slope, offset = 1.0, 0.0
    for _ in range(4):
        rest = y - slope * x - offset
        scale = 1.4826 * float(np.median(np.abs(rest - np.median(rest)))) + 1e-9
        w = base / (1.0 + np.square((rest - np.median(rest)) / (2.0 * scale)))
        total = w.sum()
        mean_x, mean_y = float((w * x).sum() / total), float((w * y).sum() / total)
        spread_x = float((w * np.square(x - mean_x)).sum())
        # Drawn towards 1: flat surroundings say nothing about gain.
        prior = total * scale * scale * 4.0 + 1e-12
        if gain:
            slope = (float((w * (x - mean_x) * (y - mean_y)).sum()) + prior) / (spread_x + prior)
            slope = min(max(slope, _GAINS[0]), _GAINS[1])
        offset = mean_y - slope * mean_x
    return slope, offset
