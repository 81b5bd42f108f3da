"""How light becomes pixels: reductions by an integer factor, antialiased or not."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

Sampling = Literal["bicubic", "area", "aliased"]


def shrink(clean: Tensor, scale: int) -> Tensor:
    """Antialiased bicubic reduction of B x 1 x H x W by an integer factor (MATLAB's imresize kernel)."""
    return sampled(clean, scale, "bicubic")


def sampled(clean: Tensor, scale: int, how: Sampling) -> Tensor:
    """B x 1 x H x W -> B x 1 x H/scale x W/scale; samples sit in the middle of what they stand for.

    bicubic: antialiased (MATLAB's imresize); area: a sensor with full fill factor; aliased: cubic without a low-pass,
    as line-skipping cameras and careless scalers do. All keep the picture's mean and geometry.
    """
    if scale == 1:
        return clean.clone()
    size = (clean.shape[-2] // scale, clean.shape[-1] // scale)
    if how == "area":
        return functional.avg_pool2d(clean, scale)
    with torch.no_grad():
        return functional.interpolate(clean, size=size, mode="bicubic", antialias=how == "bicubic")
