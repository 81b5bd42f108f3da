"""Radially averaged power spectra: how much energy pictures hold, frequency by frequency, and against a reference."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from engines.errors import MediaError
from engines.luma import luma_of
from engines.metrics.pair import same_size
from engines.types import Frame

_TILE, _LEAST = 128, 32
_RINGS = 24


def radial_power(luma: Tensor, bins: int = 24, reach: float = 1.0) -> Tensor:
    """luma: B x 1 x N x N. Mean power over the batch and over rings, as `bins` values from 1/bins to `reach` Nyquist.

    A Hann window keeps the borders of a patch from counting as detail. Corners beyond `reach` are left out.
    Differentiable.
    """
    return ring_power(luma, bins, reach).mean(dim=0)


def ring_power(luma: Tensor, bins: int = 24, reach: float = 1.0) -> Tensor:
    """The same for every picture of the batch: B x bins."""
    size = luma.shape[-1]
    window = torch.hann_window(size, periodic=False)
    flat = luma - luma.mean(dim=(-2, -1), keepdim=True)
    power = torch.fft.rfft2(flat * window[:, None] * window[None, :]).abs().square()[:, 0]
    along, across = torch.fft.fftfreq(size) * 2, torch.fft.rfftfreq(size) * 2
    radius = (along[:, None].square() + across[None, :].square()).sqrt() / reach
    ring = (radius * bins).long().flatten()
    inside = ring < bins
    total = torch.zeros(len(luma), bins).index_add(1, ring[inside], power.flatten(1)[:, inside])
    count = torch.zeros(bins).index_add(0, ring[inside], torch.ones(int(inside.sum())))
    return total / count.clamp(min=1)


def frame_power(frame: Frame) -> Tensor:
    """Mean power of nominal luma in 24 rings from 0 to Nyquist, over tiles of up to 128 x 128 pixels.

    Tiles do not overlap and are centred; a rest narrower than a tile is left out. Raises MediaError below 32 pixels.
    """
    size = min(_TILE, frame.width, frame.height)
    if size < _LEAST:
        raise MediaError(f"A spectrum needs pictures of at least {_LEAST}x{_LEAST} pixels.")
    luma = torch.from_numpy(luma_of(frame))
    down, across = frame.height // size, frame.width // size
    top, left = (frame.height - down * size) // 2, (frame.width - across * size) // 2
    total = torch.zeros(_RINGS)
    with torch.inference_mode():
        # One row of tiles at a time: what is held does not grow with the picture's height.
        for row in range(down):
            strip = luma[top + row * size : top + (row + 1) * size, left : left + across * size]
            tiles = strip.reshape(size, across, size).permute(1, 0, 2)[:, None]
            total += radial_power(tiles, _RINGS)
    return total / down


def high_band_energy(a: Frame, b: Frame) -> float:
    """Energy of `a` above half Nyquist as a multiple of `b`'s: below 1 softer, above 1 more, or invented, detail.

    Infinite where only `b` has none, 1 where neither has any. Raises MediaError where sizes differ or are too small.
    """
    same_size(a, b)
    ours, theirs = (_upper(frame_power(frame)) for frame in (a, b))
    if theirs == 0.0:
        return 1.0 if ours == 0.0 else math.inf
    return ours / theirs


def _upper(power: Tensor) -> float:
    # A ring's share of the plane grows with its radius.
    weights = torch.arange(_RINGS) + 0.5
    return float((power * weights)[_RINGS // 2 :].sum())
