"""Radially averaged power spectra, differentiable: how much energy pictures hold, frequency by frequency."""

from __future__ import annotations

import torch
from torch import Tensor


def radial_power(luma: Tensor, bins: int = 24, reach: float = 1.0) -> Tensor:
    """luma: B x 1 x N x N. Mean power over the batch and over rings, as `bins` values from 1/bins to `reach` Nyquist.

    A Hann window keeps the borders of a patch from counting as detail. Corners beyond `reach` are left out.
    """
    size = luma.shape[-1]
    window = torch.hann_window(size, periodic=False)
    flat = luma - luma.mean(dim=(-2, -1), keepdim=True)
    power = torch.fft.rfft2(flat * window[:, None] * window[None, :]).abs().square().mean(dim=(0, 1))
    along, across = torch.fft.fftfreq(size) * 2, torch.fft.rfftfreq(size) * 2
    radius = (along[:, None].square() + across[None, :].square()).sqrt() / reach
    ring = (radius * bins).long().flatten()
    inside = ring < bins
    total = torch.zeros(bins).index_add(0, ring[inside], power.flatten()[inside])
    count = torch.zeros(bins).index_add(0, ring[inside], torch.ones(int(inside.sum())))
    return total / count.clamp(min=1)
