"""What interlacing leaves behind: combed movement, and lines made up from their neighbours."""

from __future__ import annotations

import torch
from torch import Tensor


def combed(first: Tensor, second: Tensor, amount: float, parity: int) -> Tensor:
    """Two fields woven: lines of `parity` (0 or 1) come by `amount` (0..1) from the later moment `second`.

    first, second: ... x H x W. Below 1 as after a blending deinterlacer.
    """
    woven = first.clone()
    own = first[..., parity::2, :]
    woven[..., parity::2, :] = own + amount * (second[..., parity::2, :] - own)
    return woven


def bobbed(luma: Tensor, parity: int) -> Tensor:
    """One field shown as a frame: lines of `parity` are the mean of their neighbours (line averaging, edges repeated).

    luma: ... x H x W, H at least 2.
    """
    kept = luma[..., 1 - parity :: 2, :]
    count = luma[..., parity::2, :].shape[-2]
    rows = torch.arange(parity, luma.shape[-2], 2)
    above = ((rows - 1 - (1 - parity)) // 2).clamp(0, kept.shape[-2] - 1)
    below = ((rows + 1 - (1 - parity)) // 2).clamp(0, kept.shape[-2] - 1)
    answer = luma.clone()
    answer[..., parity::2, :] = 0.5 * (kept[..., above[:count], :] + kept[..., below[:count], :])
    return answer
