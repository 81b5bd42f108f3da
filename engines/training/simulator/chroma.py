"""Chroma subsampling as encoders do it, for colour training and for tests of chroma enlargement."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

Layout = Literal["444", "422", "420", "411"]
_FACTORS: dict[Layout, tuple[int, int]] = {"444": (1, 1), "422": (2, 1), "420": (2, 2), "411": (4, 1)}


def subsample_chroma(chroma: Tensor, layout: Layout, location: Literal["left", "center"] = "left") -> Tensor:
    """B x C x H x W chroma planes -> those of `layout`, sited as MPEG-2 and later (left) or JPEG (center) have it.

    H and W must be multiples of the factors; raises ValueError otherwise. Vertically samples lie between lines in
    either; horizontally "left" lies on every second (or fourth) luma sample, "center" between them. Box filter
    where a sample lies between its pixels, a triangle of twice that reach where it lies on one.
    """
    across, down = _FACTORS[layout]
    height, width = chroma.shape[-2:]
    if height % down or width % across:
        raise ValueError(f"{width} x {height} does not divide into {layout} chroma")
    reduced = functional.avg_pool2d(chroma, (down, 1)) if down > 1 else chroma
    if across == 1:
        return reduced.clone()
    if location == "center":
        return functional.avg_pool2d(reduced, (1, across))
    reach = across - 1
    taps = across - torch.arange(-reach, reach + 1).abs().to(chroma.dtype)
    padded = functional.pad(reduced, (reach, reach, 0, 0), mode="replicate")
    flat = padded.reshape(-1, 1, *padded.shape[-2:])
    answer = functional.conv2d(flat, (taps / taps.sum())[None, None, None], stride=(1, across))
    return answer.reshape(*chroma.shape[:2], *answer.shape[-2:])
