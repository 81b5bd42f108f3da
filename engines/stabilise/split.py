"""Splits the path of a picture into what the camera was meant to do and the weave."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct, idct
from scipy.linalg import solveh_banded

Path = NDArray[np.float64]
"""N x K: where the picture is in each frame, in the coefficients of `model`."""

_ORDER, _TREND = 2, 0.3
"""Differences that the trend keeps small, and its limit as a share of the whole's."""
_SHARE, _LEAST = 1.3, 0.002
"""A shot is locked off where each coefficient's slow motion is no larger than this share of its fast motion, or than
this share of the picture's width: weave wanders slowly, too, but hardly further than it jumps."""


def smoothed(path: Path, hertz: float, rate: float) -> Path:
    """The part of every column of `path` that is slower than `hertz`, with a sharp limit and zero phase.

    First a trend (Whittaker 1923, second differences), which towards the shot's ends goes on as it was going, pulled
    neither to zero nor to a standstill; then what of the rest is slower, by its cosine transform. The transform alone
    would ring for seconds around every start of a pan; the trend alone cannot tell 1 Hz from 2.
    """
    count = len(path)
    if count <= _ORDER + 1:
        return np.broadcast_to(path.mean(axis=0), path.shape).copy() if count else path.copy()
    trend = _trend(path, _TREND * hertz, rate)
    waves = dct(path - trend, axis=0, norm="ortho")
    waves[int(2 * hertz * count / rate) + 1 :] = 0.0
    return np.asarray(trend + idct(waves, axis=0, norm="ortho"))


def _trend(path: Path, hertz: float, rate: float) -> Path:
    """Half the amplitude is left at `hertz`."""
    count = len(path)
    stiffness = (2 - 2 * np.cos(2 * np.pi * min(hertz / rate, 0.5))) ** -_ORDER
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
    wandered, jumped = np.ptp(slow, axis=0), np.ptp(path - slow, axis=0)
    return bool((wandered <= np.maximum(_SHARE * jumped, _LEAST * width)).all())
