"""The restoration of `engines.fade.model` on batches of small pictures, differentiable in its parameters."""

from __future__ import annotations

import math
from functools import lru_cache

import torch
from torch import Tensor

from engines.fade.parameters import FIELD_TERMS, GLOBAL, LIMITS, OFF, REACH, SIZE, TOE

_K = 2.4 / math.log(10.0)


def limited(vectors: Tensor) -> Tensor:
    """B x SIZE of any numbers, softly held within `LIMITS`."""
    limits = torch.from_numpy(LIMITS).to(vectors)
    return limits * torch.tanh(vectors / limits)


def restored(vectors: Tensor, pictures: Tensor) -> Tensor:
    """B x SIZE vectors of `FadeParameters`, within limits, and B x 3 x H x W whole pictures, nominal -> alike."""
    count, _, height, width = pictures.shape
    toe = TOE * torch.exp(vectors[:, 3:6])
    gain = torch.exp(vectors[:, 6:9])
    bend = gain * vectors[:, 9:12]
    logs = torch.log((pictures.flatten(2) + toe[:, :, None]).clamp_min(1e-3))
    offset = _K * torch.log1p(toe) - vectors[:, 0:3]
    amounts = offset[:, :, None] - _K * logs
    half = GLOBAL + 3 * FIELD_TERMS
    terms = _terms(height, width).to(pictures)
    amounts = amounts - vectors[:, GLOBAL:half].reshape(count, 3, FIELD_TERMS) @ terms
    amounts = amounts * (1.0 + vectors[:, half:SIZE].reshape(count, 3, FIELD_TERMS) @ terms)
    amounts = amounts * (gain[:, :, None] + bend[:, :, None] * amounts.clamp(0.0, REACH))
    cross = pictures.new_zeros((count, 3, 3))
    cross[:, torch.from_numpy(OFF)] = vectors[:, 12:18]
    mixture = torch.eye(3).to(pictures) + cross - torch.diag_embed(cross.sum(dim=2))
    light = torch.exp((mixture @ amounts) / -_K) * (1.0 + TOE) - TOE
    return light.reshape(pictures.shape)


@lru_cache(maxsize=8)
def _terms(height: int, width: int) -> Tensor:
    """FIELD_TERMS x H*W."""
    x = ((torch.arange(width) + 0.5) * (2.0 / width) - 1.0)[None, :].expand(height, width)
    y = ((torch.arange(height) + 0.5) * (2.0 / height) - 1.0)[:, None].expand(height, width)
    return torch.stack([x, y, x * x - 1 / 3, y * y - 1 / 3, x * y]).flatten(1)
