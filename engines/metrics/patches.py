"""Sliced Wasserstein distance of patches: do two pictures hold the same kinds of detail? No network is asked."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.errors import MediaError
from engines.metrics.pair import luma_pair
from engines.types import Frame

_SIDE = 7
_PATCHES, _DIRECTIONS = 2048, 64
_LEVELS, _SMALLEST = 3, 64

Plane = NDArray[np.float32]


def sliced_wasserstein(a: Frame, b: Frame, seed: int = 0) -> float:
    """Distance of the distributions of 7 x 7 patches, mean over up to 3 octaves of a Laplacian pyramid.

    Karras, Aila, Laine, Lehtinen (ICLR 2018), section 5, on luma: at each level patches are projected on random
    directions, and the sorted projections compared. Here 2048 patches and 64 directions, drawn from `seed`, from the
    same places of both pictures; patches of both are divided by the spread of `b`, the reference (in the paper each
    by its own), so that lost contrast counts. 0 for equal pictures; where a texture lies does not matter, only what
    it is made of. Raises MediaError where the sizes differ or are below 64 x 64.
    """
    if min(b.width, b.height) < _SMALLEST:
        raise MediaError(f"Patch statistics need pictures of at least {_SMALLEST}x{_SMALLEST} pixels.")
    ours, theirs = (plane.astype(np.float32) for plane in luma_pair(a, b))
    draw = np.random.default_rng(seed)
    distances = []
    for level in range(_LEVELS):
        last = level == _LEVELS - 1 or min(theirs.shape) < 2 * _SMALLEST
        first, second = (plane if last else plane - _smoothed(plane) for plane in (ours, theirs))
        distances.append(_distance(first, second, draw))
        if last:
            break
        ours, theirs = np.asarray(cv2.pyrDown(ours)), np.asarray(cv2.pyrDown(theirs))
    return float(np.mean(distances))


def _smoothed(plane: Plane) -> Plane:
    small = cv2.pyrDown(plane)
    return np.asarray(cv2.pyrUp(small, dstsize=(plane.shape[1], plane.shape[0])), dtype=np.float32)


def _distance(a: Plane, b: Plane, draw: np.random.Generator) -> float:
    rows = draw.integers(0, a.shape[0] - _SIDE + 1, _PATCHES)
    columns = draw.integers(0, a.shape[1] - _SIDE + 1, _PATCHES)
    ours, theirs = (_patches(plane, rows, columns) for plane in (a, b))
    spread = float(theirs.std())
    centre = float(theirs.mean())
    if spread > 0:
        ours, theirs = (ours - centre) / spread, (theirs - centre) / spread
    directions = draw.standard_normal((_SIDE * _SIDE, _DIRECTIONS)).astype(np.float32)
    directions /= np.linalg.norm(directions, axis=0)
    first, second = (np.sort(patches @ directions, axis=0) for patches in (ours, theirs))
    return float(np.abs(first - second).mean())


def _patches(plane: Plane, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Plane:
    windows = np.lib.stride_tricks.sliding_window_view(plane, (_SIDE, _SIDE))
    return windows[rows, columns].reshape(rows.size, _SIDE * _SIDE)
