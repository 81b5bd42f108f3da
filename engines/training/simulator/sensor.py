"""Noise of an electronic sensor: Poisson photons and Gaussian electronics, seen through the camera's gamma."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

# Camera transfer, and the code value below which the toe of real curves keeps it from amplifying further.
_GAMMA = 2.2
_TOE = 0.25


@dataclass(frozen=True)
class SensorLook:
    """shot: share (0..1) of the variance at middle grey that comes from photons; the rest is electronics."""

    shot: float

    @staticmethod
    def drawn(rng: np.random.Generator) -> SensorLook:
        """A look at random, from read-noise limited (dark scenes, old tubes) to photon limited."""
        return SensorLook(float(rng.random()))


def sensor_noise(luma: Tensor, sigmas: Tensor, look: SensorLook, rng: np.random.Generator) -> Tensor:
    """What to add to `luma` (B x 1 x H x W, 0..1, gamma-coded): standard deviation `sigmas` (B) at middle grey.

    In linear light the variance is a * x + b (Foi, Trimeche, Katkovnik, Egiazarian 2008, Poisson taken as Gaussian);
    the gamma's slope then makes dark parts noisier.
    """
    code = luma.clamp(0, 1)
    linear = code.pow(_GAMMA)
    middle = 0.5**_GAMMA
    variance = look.shot * linear / middle + (1.0 - look.shot)
    slope = (0.5 / code.clamp(min=_TOE)).pow(_GAMMA - 1.0)
    noise: Tensor = white(luma, rng) * sigmas[:, None, None, None] * variance.sqrt() * slope
    return noise


def white(like: Tensor, rng: np.random.Generator) -> Tensor:
    """Standard normal noise of the shape of `like`, repeatable with `rng`."""
    generator = torch.Generator().manual_seed(int(rng.integers(2**63)))
    return torch.randn(like.shape, generator=generator)
