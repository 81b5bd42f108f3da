"""Film grain on luma patches: clumps larger than a pixel, and strength that depends on density."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from engines.training.simulator.sensor import white

# Grain size (standard deviation of its blur, in pixels) at the most, and how far that blur is followed.
_LARGEST_CLUMP = 1.3
_CLUMP_REACH = 3
# Smaller clumps than this cannot be told from white noise.
_LEAST_CLUMP = 0.1


@dataclass(frozen=True)
class GrainLook:
    """clump: standard deviation in pixels of the blur that makes grains; by_density: strongest in the mid-tones."""

    clump: float
    by_density: bool

    @staticmethod
    def drawn(rng: np.random.Generator) -> GrainLook:
        """A look at random, from white noise to coarse stock."""
        clump = float(rng.random() * _LARGEST_CLUMP) if rng.random() < 0.6 else 0.0
        return GrainLook(clump, bool(rng.random() < 0.5))


def film_grain(luma: Tensor, sigmas: Tensor, look: GrainLook, rng: np.random.Generator) -> Tensor:
    """What to add to `luma` (B x 1 x H x W, 0..1): grain of standard deviation `sigmas` (B) at middle grey.

    Grains are larger than a scan's pixel (Newson, Delon, Galerne 2017): white noise blurred, its variance kept.
    Density noise peaks where neither base nor full density clips it.
    """
    noise = white(luma, rng)
    if look.clump > _LEAST_CLUMP:
        taps = torch.exp(-0.5 * (torch.arange(-_CLUMP_REACH, _CLUMP_REACH + 1) / look.clump) ** 2)
        taps = taps / taps.square().sum().sqrt()
        padded = functional.pad(noise, (_CLUMP_REACH,) * 4, mode="reflect")
        noise = functional.conv2d(padded, taps[None, None, :, None])
        noise = functional.conv2d(noise, taps[None, None, None, :])
    amount = sigmas[:, None, None, None]
    if look.by_density:
        amount = amount * (0.5 + 2.0 * (luma * (1 - luma)).clamp(min=0))
    return noise * amount


def add_grain(luma: Tensor, sigmas: NDArray[np.float64], rng: np.random.Generator) -> Tensor:
    """`luma` with grain of a look at random added; nothing happens where all `sigmas` are 0."""
    if not sigmas.any():
        return luma
    strengths = torch.from_numpy(sigmas.astype(np.float32))
    return luma + film_grain(luma, strengths, GrainLook.drawn(rng), rng)
