"""One noise of one shot: film grain or a sensor's, drawn once, independent in every frame, and how much survives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engines.training.simulator.grain import GrainLook, film_grain
from engines.training.simulator.reach import DegradationRange
from engines.training.simulator.sensor import SensorLook, sensor_noise


@dataclass(frozen=True)
class Noise:
    """sigmas: B, standard deviations at middle grey as a fraction of the range; look: what they look like."""

    sigmas: Tensor
    look: GrainLook | SensorLook

    @staticmethod
    def drawn(count: int, rng: np.random.Generator, reach: DegradationRange) -> Noise:
        """`count` strengths (0 where there is none) of one look."""
        noisy = rng.random(count) < reach.noisy_share
        # Square of a uniform: weak grain is common, heavy grain is rare.
        sigmas = np.where(noisy, rng.random(count) ** 2 * reach.max_sigma, 0.0)
        electronic = rng.random() < reach.sensor_share
        look = SensorLook.drawn(rng) if electronic else GrainLook.drawn(rng)
        return Noise(torch.from_numpy(sigmas.astype(np.float32)), look)

    def of(self, chosen: NDArray[np.intp]) -> Noise:
        """The noise of some of the patches."""
        return Noise(self.sigmas[chosen], self.look)

    def fresh(self, luma: Tensor, rng: np.random.Generator) -> Tensor:
        """New noise for `luma` (B x 1 x H x W, 0..1), to be added."""
        if not bool(self.sigmas.any()):
            return torch.zeros_like(luma)
        if isinstance(self.look, SensorLook):
            return sensor_noise(luma, self.sigmas, self.look, rng)
        return film_grain(luma, self.sigmas, self.look, rng)


def surviving(noise: Tensor, clean: Tensor, after: Tensor) -> Tensor:
    """Standard deviation (B) of what is left of `noise` in `after`; all B x ... x H x W, in fractions of the range.

    Codecs at low rates remove grain: the regression of the remaining difference on the noise that was planted says how
    much of it passed. Errors of the codec itself do not correlate with the noise and fall out.
    """
    whole = tuple(range(1, noise.ndim))
    power = noise.square().mean(dim=whole)
    shared = (noise * (after - clean)).mean(dim=whole)
    share = torch.where(power > 0, shared / power.clamp(min=1e-12), torch.zeros_like(power)).clamp(0, 1)
    return power.sqrt() * share
