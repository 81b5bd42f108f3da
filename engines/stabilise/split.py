"""Splits the path of a picture into what the camera was meant to do and the weave."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solveh_banded

_ORDER = 3


def smoothed(path: NDArray[np.float64], hertz: float, rate: float) -> NDArray[np.float64]:
    """The slow part of every column of `path` (N x K): half the amplitude is left at `hertz`, nearly all below.

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
    for row in range(count - _ORDER):
        for high in range(_ORDER + 1):
            for low in range(high + 1):
                banded[high - low, row + low] += differences[high] * differences[low]
    banded *= stiffness
    banded[0] += 1.0
    return np.asarray(solveh_banded(banded, path, lower=True))
