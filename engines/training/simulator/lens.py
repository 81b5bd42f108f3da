"""What light meets before it is sampled, drawn for each patch: a lens, a movement, the film base."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from engines.training.simulator.halation import glowing
from engines.training.simulator.motion_blur import curve, line
from engines.training.simulator.optics import Psf, airy, blurred, disc, gaussian, spread
from engines.training.simulator.reach import DegradationRange

# Pixels below which a blur cannot be told from sampling.
_LEAST = 0.3


def through_lens(
    clean: Tensor, scale: int, rng: np.random.Generator, reach: DegradationRange
) -> tuple[Tensor, NDArray[np.float64]]:
    """clean: B x 1 x H x W (0..1) -> the same patches blurred and glowing, some of them, and their blurs.

    Blurs (B) are standard deviations of the point spread in pixels after sampling `scale` times smaller.
    """
    count = len(clean)
    blurs = np.zeros(count)
    soft, bright = rng.random(count) < reach.blurred_share, rng.random(count) < reach.halation_share
    if not (soft | bright).any():
        return clean, blurs
    seen = clean.clone()
    for i in np.flatnonzero(soft):
        psf = drawn_psf(scale * reach.max_blur, rng)
        blurs[i] = spread(psf) / scale
        seen[i, 0] = blurred(seen[i, 0], psf)
    for i in np.flatnonzero(bright):
        seen[i, 0] = glowing(seen[i, 0], float(rng.uniform(2.0, 6.0)) * scale, float(rng.uniform(0.1, 0.6)))
    return seen, blurs


def drawn_psf(unit: float, rng: np.random.Generator) -> Psf:
    """A point spread function at random; `unit`: pixels of what is blurred per pixel after sampling."""
    kind = int(rng.integers(5))
    # Weak blurs are common.
    share = float(rng.random()) ** 1.5
    if kind == 0:
        return gaussian(unit * (_LEAST + 1.3 * share))
    if kind == 1:
        return airy(unit * (2 * _LEAST + 2.4 * share))
    if kind == 2:
        return disc(unit * (2 * _LEAST + 2.2 * share))
    length = unit * (4 * _LEAST + 6.0 * share)
    return line(length, float(rng.uniform(0, np.pi))) if kind == 3 else curve(1.5 * length, rng)
