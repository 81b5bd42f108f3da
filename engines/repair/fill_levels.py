"""From coarse to fine: what the fill network answers at half the size is what it begins with at the full size."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from engines.repair.spread import spread

Fill = Callable[[Tensor, Tensor, int], Tensor]
"""smooth (B x 3 x H x W), hole (B x 1 x H x W, 1 = unknown), level (0 = full size) -> the filled picture."""


def begun(picture: Tensor, hole: Tensor, levels: int, fill: Fill, level: int = 0) -> Tensor:
    """`picture` (B x 3 x H x W) with a first guess in `hole` (B x 1 x H x W, 1 where nothing is known).

    levels: how many times the size is halved (H and W must stand that); at the coarsest the known is continued
    smoothly, at every other `fill` has answered the level below. What lies in the hole is not read.
    """
    known = 1.0 - hole
    if levels == 0:
        return _smooth(picture, known)
    count = functional.avg_pool2d(known, 2)
    half = functional.avg_pool2d(picture * known, 2) / count.clamp(min=1e-6)
    gap = (count < 0.5).to(picture.dtype)
    coarse = fill(begun(half, gap, levels - 1, fill, level + 1), gap, level + 1)
    finer = functional.interpolate(coarse, scale_factor=2.0, mode="bicubic")
    return torch.where(hole > 0, finer, picture)


def _smooth(picture: Tensor, known: Tensor) -> Tensor:
    stack = picture.permute(0, 2, 3, 1).contiguous().numpy()
    weights = known[:, 0].contiguous().numpy()
    fields = [spread(one, weight) for one, weight in zip(stack, weights, strict=True)]
    return torch.from_numpy(np.stack(fields)).permute(0, 3, 1, 2)
