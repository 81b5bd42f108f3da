"""The best that a family of maps can do, fitted with the truth at hand: bounds, not methods.

Solved by least squares; `affine_seen` is refined for the difference that the eye sees, on every so many pixels.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from engines.colour.mapped import Rgb
from engines.training.fade_loss import difference

_SAMPLES = 1500
_STEPS = 60
_RATE = 0.01
_TOE = 0.02


def affine(scan: Rgb, truth: Rgb) -> Rgb:
    """The 3 x 4 matrix on R'G'B' with the least squared error."""
    return _applied(scan, _solved(scan, truth))


def affine_seen(scan: Rgb, truth: Rgb) -> Rgb:
    """The 3 x 4 matrix on R'G'B' with the least visible difference."""
    start = _solved(scan, truth)
    return _applied(scan, _refined(scan, truth, start))


def density_affine(scan: Rgb, truth: Rgb) -> Rgb:
    """The 3 x 4 matrix on densities, -log of R'G'B' with a toe, whose R'G'B' has the least squared error."""
    values, wanted = _density(scan), _density(truth)
    # An error of density counts by what it makes of R'G'B'.
    found = _solved(values, wanted, truth + np.float32(_TOE))
    return _clipped(np.power(np.float32(10.0), -_mixed(values, found)) - np.float32(_TOE))


def _density(picture: Rgb) -> Rgb:
    return np.asarray(-np.log10(picture + np.float32(_TOE)))


def _solved(values: Rgb, wanted: Rgb, weight: Rgb | None = None) -> NDArray[np.float64]:
    flat = np.vstack([values.reshape(3, -1), np.ones(values[0].size, np.float32)]).astype(np.float64).T
    goal = wanted.reshape(3, -1).astype(np.float64)
    if weight is None:
        return np.asarray(np.linalg.lstsq(flat, goal.T, rcond=None)[0].T)
    rows = zip(goal, weight.reshape(3, -1), strict=True)
    return np.array([np.linalg.lstsq(flat * w[:, None], row * w, rcond=None)[0] for row, w in rows])


def _refined(values: Rgb, truth: Rgb, start: NDArray[np.float64]) -> NDArray[np.float64]:
    step = max(1, values[0].size // _SAMPLES)
    flat = torch.from_numpy(np.ascontiguousarray(values.reshape(3, -1)[:, ::step]))
    wanted = torch.from_numpy(np.ascontiguousarray(truth.reshape(3, -1)[:, ::step]))[None]
    matrix = torch.from_numpy(start.astype(np.float32)).requires_grad_()
    descent = torch.optim.Adam([matrix], lr=_RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(descent, _STEPS)
    best, least = start, np.inf
    for _ in range(_STEPS):
        descent.zero_grad()
        loss = difference((matrix[:, :3] @ flat + matrix[:, 3:])[None], wanted).mean()
        if float(loss.detach()) < least:
            best, least = matrix.detach().numpy().astype(np.float64), float(loss.detach())
        loss.backward()  # type: ignore[no-untyped-call]
        descent.step()
        schedule.step()
    return best


def _applied(values: Rgb, matrix: NDArray[np.float64]) -> Rgb:
    return _clipped(_mixed(values, matrix))


def _mixed(values: Rgb, matrix: NDArray[np.float64]) -> Rgb:
    flat = matrix[:, :3].astype(np.float32) @ values.reshape(3, -1) + matrix[:, 3:].astype(np.float32)
    return np.asarray(flat.reshape(values.shape), dtype=np.float32)


def _clipped(values: Rgb) -> Rgb:
    return np.asarray(np.clip(values, 0.0, 1.0), dtype=np.float32)
