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
    size = padded.shape[-2:]
    cells = functional.unfold(padded[:, :1], _SIDE, stride=_STEP)[0]
    level = functional.avg_pool2d(padded[:, 1:], _SIDE, stride=_STEP).reshape(1, -1)
    basis, window = _basis()
    found = basis @ cells
    grain = torch.from_numpy(_power(correlation)).float()[:, None] * level.square().clamp(min=1e-14)
    ratio = found.square().div_(grain.mul_(_THRESHOLD))
    # 1 far above the threshold, 0 far below; the mean always stays.
    keep = ratio.pow_(_SHARPNESS)
    keep = keep.div_(keep + 1.0)
    keep[0] = 1.0
    restored = (basis.T @ found.mul_(keep)).mul_(window)
    total = functional.fold(restored[None], size, _SIDE, stride=_STEP)[0, 0]
    answer = total / _weight(size)
    return np.ascontiguousarray(answer[_STEP : _STEP + height, _STEP : _STEP + width].numpy())


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
def _weight(size: tuple[int, int]) -> Tensor:
    count = ((size[0] - _SIDE) // _STEP + 1) * ((size[1] - _SIDE) // _STEP + 1)
    return functional.fold(_basis()[1].expand(-1, count)[None], size, _SIDE, stride=_STEP)[0, 0].clamp(min=1e-6)


def _power(correlation: Table) -> NDArray[np.float64]:
    """Variance of each of the 64 coefficients of unit-variance grain."""
    n = np.arange(_SIDE)
    y, x = np.repeat(n, _SIDE), np.tile(n, _SIDE)
    covariance = correlation[LAGS + y[:, None] - y[None], LAGS + x[:, None] - x[None]]
    basis = _basis()[0].double().numpy()
    return np.maximum(np.einsum("ij,jk,ik->i", basis, covariance, basis), 1e-3)
