"""Splits the path of a picture into what the camera was meant to do and the weave."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solveh_banded

Path = NDArray[np.float64]
"""N x K: where the picture is in each frame, in the coefficients of `model`."""

_ORDER = 3
_SHARE, _LEAST = 1.0, 0.002
"""A shot is locked off where its slow motion is no larger than this share of the fast, or than this share of the
picture's width: weave wanders slowly, too, but no further than it jumps."""


def smoothed(path: Path, hertz: float, rate: float) -> Path:
    """The slow part of every column of `path`: half the amplitude is left at `hertz`, nearly all of what is slower.

    A Whittaker smoother (Whittaker 1923, Eilers 2003) with third differences: zero phase, and towards the shot's ends
    it goes on as it was going, pulled neither to zero nor to a standstill.
    """
    count = len(path)
    if count <= _ORDER:
        return np.broadcast_to(path.mean(axis=0), path.shape).copy() if count else path.copy()
    omega = 2 * np.pi * min(hertz / rate, 0.5)
    stiffness = (2 - 2 * np.cos(omega)) ** -_ORDER
    differences = np.diff(np.eye(_ORDER + 1), n=_ORDER, axis=0)[0]
    banded = np.zeros((_ORDER + 1, count))
    for high in range(_ORDER + 1):
        for low in range(high + 1):
            banded[high - low, low : low + count - _ORDER] += differences[high] * differences[low]
    banded *= stiffness
    banded[0] += 1.0
    return np.asarray(solveh_banded(banded, path, lower=True))


def fast(path: Path, hertz: float, rate: float) -> Path:
    """What `smoothed` leaves out."""
    return path - smoothed(path, hertz, rate)


def locked_off(path: Path, hertz: float, rate: float, width: int) -> bool:
    """Whether the camera stood still, so that all of the path is weave."""
    slow = smoothed(path, hertz, rate)
    wandered, jumped = (float(np.linalg.norm(np.ptp(part, axis=0))) for part in (slow, path - slow))
    return wandered <= max(_SHARE * jumped, _LEAST * width)


def on_distinct(path: Path, repeats: NDArray[np.bool_]) -> tuple[Path, NDArray[np.intp]]:
    """The path over pictures that repeat none, and for every frame which of them it shows."""
    shown = np.cumsum(~repeats) - 1
    return path[~repeats], np.maximum(shown, 0)
