"""Movement: blur while the shutter is open, and frames a little earlier than the present one."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from engines.training.simulator.optics import Psf

_PATH_POINTS = 64


def line(length: float, angle: float) -> Psf:
    """Even movement: `length` pixels (> 0) in direction `angle` (radians)."""
    along = np.linspace(-0.5, 0.5, _PATH_POINTS) * length
    return _drawn(along * np.cos(angle), along * np.sin(angle))


def curve(length: float, rng: np.random.Generator) -> Psf:
    """A hand-held camera's path of about `length` pixels (> 0): velocity with inertia and random pushes.

    After Boracchi and Foi 2012 ("Modeling the performance of image restoration from motion blur").
    """
    pushes = rng.standard_normal((2, _PATH_POINTS))
    velocity = np.empty_like(pushes)
    velocity[:, 0] = pushes[:, 0] * 3.0
    for point in range(1, _PATH_POINTS):
        velocity[:, point] = 0.95 * velocity[:, point - 1] + pushes[:, point]
    path = np.cumsum(velocity, axis=1)
    path -= path.mean(axis=1, keepdims=True)
    path *= length / max(1e-9, float(np.hypot(*np.diff(path, axis=1)).sum()))
    return _drawn(path[0], path[1])


def moved(luma: Tensor, shifts: Tensor) -> Tensor:
    """B x 1 x H x W, each moved by its own shift (B x 2: right, down; pixels, fractions too), edges mirrored."""
    height, width = luma.shape[-2:]
    half = torch.tensor([2.0 / width, 2.0 / height])
    theta = torch.zeros(len(luma), 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = 1.0
    theta[:, :, 2] = -shifts * half
    grid = functional.affine_grid(theta, list(luma.shape), align_corners=False)
    return functional.grid_sample(luma, grid, mode="bicubic", padding_mode="reflection", align_corners=False)


def _drawn(x: NDArray[np.float64], y: NDArray[np.float64]) -> Psf:
    """A path around 0 (pixels) as a kernel: every point shared among its four pixels."""
    reach = int(np.ceil(max(float(np.abs(x).max()), float(np.abs(y).max())))) + 1
    side = 2 * reach + 1
    kernel = np.zeros((side, side))
    for across, down in zip(x + reach, y + reach, strict=True):
        left, top = int(across), int(down)
        fx, fy = across - left, down - top
        kernel[top, left] += (1 - fx) * (1 - fy)
        kernel[top, left + 1] += fx * (1 - fy)
        kernel[top + 1, left] += (1 - fx) * fy
        kernel[top + 1, left + 1] += fx * fy
    return np.asarray(kernel / kernel.sum(), dtype=np.float32)
