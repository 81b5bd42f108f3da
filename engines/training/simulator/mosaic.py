"""Many patches as one picture, so that one codec pass serves a batch, its block grid at a random offset."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from engines.training.simulator.codecs import Frames

_BLOCK = 16
# Mirrored pixels around each patch, lest its neighbours' edges ring into it; odd, so that block phases differ.
_MARGIN = 7


def through_mosaic(luma: Tensor, work: Callable[[Frames], Frames], rng: np.random.Generator) -> Tensor:
    """luma: N moments x B patches x H x W (0..1). `work` sees N pictures of 8-bit codes and answers as many.

    The patches lie side by side, each within a mirrored margin; the answer has luma's shape.
    """
    moments, count, height, width = luma.shape
    margin = min(_MARGIN, height - 1, width - 1)
    codes = np.asarray((luma.clamp(0, 1) * 255.0).round().numpy(), dtype=np.uint8)
    framed = np.pad(codes, ((0, 0), (0, 0), (margin, margin), (margin, margin)), mode="reflect")
    tall, wide = framed.shape[2:]
    strip = framed.transpose(0, 2, 1, 3).reshape(moments, tall, count * wide)
    top, left = int(rng.integers(_BLOCK)), int(rng.integers(_BLOCK))
    after = work(np.pad(strip, ((0, 0), (top, 0), (left, 0)), mode="edge"))[:, top:, left:]
    tiles = after.reshape(moments, tall, count, wide).transpose(0, 2, 1, 3)
    cut = tiles[:, :, margin : margin + height, margin : margin + width]
    return torch.from_numpy(cut.astype(np.float32) / np.float32(255.0))
