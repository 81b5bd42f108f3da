"""Takes grain of known strength and spectrum off one picture by shrinking small cosine coefficients."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from engines.grain.model import LAGS, Table
from engines.luma import Luma

_SIDE = 8
_STEP = 4
# Rows of blocks at a time: they stay in the processor's cache.
_BAND = 6
# Power of a coefficient over that of the grain in it below which it goes, and how sharply.
_THRESHOLD, _SHARPNESS = 5.0, 2.0


def shrunk(picture: Luma, sigma: Luma, correlation: Table) -> Luma:
    """`picture` (H x W) without grain of standard deviation `sigma` (H x W, the same units) and this correlation.

    Sliding-window shrinkage in the cosine domain (Yu and Sapiro 2011), against the measured spectrum instead of white
    noise: what rises clearly above the grain of its frequency stays.
    """
    height, width = picture.shape
    lower, right = -(height - _SIDE) % _STEP + _STEP, -(width - _SIDE) % _STEP + _STEP
    stack = torch.from_numpy(np.stack((picture, sigma)))[None]
    padded = functional.pad(stack, (_STEP, right, _STEP, lower), mode="replicate")
    noise = torch.from_numpy(_power(correlation)).float()[:, None] * _THRESHOLD
    total = torch.zeros(padded.shape[-2:])
    rows = (total.shape[0] - _SIDE) // _STEP + 1
    for first in range(0, rows, _BAND):
        top, bottom = first * _STEP, (min(first + _BAND, rows) - 1) * _STEP + _SIDE
        total[top:bottom] += _restored(padded[..., top:bottom, :], noise)
    answer = total.div_(_weight(total.shape[0], total.shape[1]))
    return np.ascontiguousarray(answer[_STEP : _STEP + height, _STEP : _STEP + width].numpy())


def _restored(stack: Tensor, noise: Tensor) -> Tensor:
    """1 x 2 x H x W picture and sigma -> H x W weighted sum of all restored blocks; noise: 64 x 1."""
    basis, window = _basis()
    found = basis @ functional.unfold(stack[:, :1], _SIDE, stride=_STEP)[0]
    level = functional.avg_pool2d(stack[:, 1:], _SIDE, stride=_STEP).reshape(1, -1)
    # 1 far above the threshold, 0 far below; the mean always stays.
    keep = found.square().div_(noise * level.square().clamp_(min=1e-14)).pow_(_SHARPNESS)
    keep = keep.div_(keep + 1.0).nan_to_num_(1.0)
    keep[0] = 1.0
    blocks = (basis.T @ found.mul_(keep)).mul_(window)
    height, width = stack.shape[-2:]
    return functional.fold(blocks[None], (height, width), _SIDE, stride=_STEP)[0, 0]


@lru_cache(maxsize=1)
def _basis() -> tuple[Tensor, Tensor]:
    """64 x 64 orthonormal cosine transform of blocks laid out in rows, and 64 x 1 weights of their samples."""
    n = np.arange(_SIDE)
    one = np.sqrt(2.0 / _SIDE) * np.cos(np.pi * (2 * n[None] + 1) * n[:, None] / (2 * _SIDE))
    one[0] = np.sqrt(1.0 / _SIDE)
    hill = np.sin(np.pi * (n + 0.5) / _SIDE)
    window = np.outer(hill, hill).ravel()[:, None]
    return torch.from_numpy(np.kron(one, one)).float(), torch.from_numpy(window).float()


@lru_cache(maxsize=4)
def _weight(height: int, width: int) -> Tensor:
    count = ((height - _SIDE) // _STEP + 1) * ((width - _SIDE) // _STEP + 1)
    return functional.fold(_basis()[1].expand(-1, count)[None], (height, width), _SIDE, stride=_STEP)[0, 0].clamp(
        min=1e-6
    )


def _power(correlation: Table) -> NDArray[np.float64]:
    """Variance of each of the 64 coefficients of unit-variance grain."""
    n = np.arange(_SIDE)
    y, x = np.repeat(n, _SIDE), np.tile(n, _SIDE)
    covariance = correlation[LAGS + y[:, None] - y[None], LAGS + x[:, None] - x[None]]
    basis = _basis()[0].double().numpy()
    return np.asarray(np.maximum(np.einsum("ij,jk,ik->i", basis, covariance, basis), 1e-3))
