"""Grain like that of the surroundings: same strength, same spatial correlation, reproducible."""

from __future__ import annotations

import numpy as np

from engines.grain.measure import GrainMeasure
from engines.grain.synth import unit_grain
from engines.masks import Mask
from engines.repair.spread import Field

# Values are brought to this part of the nominal range, lest the darkest and brightest count as clipped.
_LOW, _HIGH = 0.1, 0.9


def like_surroundings(plane: Field, known: Mask, seed: tuple[int, ...]) -> Field:
    """Zero-mean noise of the plane's size, as strong and as correlated as the calm parts of `plane` where `known`.

    plane: H x W, any units. All zeros where too little is known to measure it. The same seed gives the same grain.
    """
    silent = np.zeros(plane.shape, np.float32)
    if not known.any():
        return silent
    low, high = float(plane[known].min()), float(plane[known].max())
    if high <= low:
        return silent
    unit = np.float32((high - low) / (_HIGH - _LOW))
    scaled = np.asarray((plane - np.float32(low)) / unit + np.float32(_LOW), np.float32)
    measure = GrainMeasure(1)
    sigma = measure.add([scaled], scaled, known=known)
    model = measure.model()
    if model is None or not np.isfinite(sigma):
        return silent
    return np.asarray(unit_grain(model, 0, plane.shape, seed) * np.float32(sigma) * unit, np.float32)
