"""From differences between frames to the course of light over a shot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solveh_banded

Path = NDArray[np.float64]
"""N x M: one value per frame of the shot for each of M courses."""

_LEAK = 1.0 / 120.0**2
_NO_NEWS = 1e-3


def course(pairs: Sequence[tuple[int, int]], rise: Path, say: Path, count: int) -> Path:
    """The course whose differences fit best: minimises say * (p[later] - p[earlier] - rise) ** 2 over all pairs.

    pairs: (earlier, later); rise and say (0..1): a row per pair. Courses are drawn towards 0 over hundreds of frames,
    which keeps small errors from adding up, and stand still where nothing is known.
    """
    reach = max((later - earlier for earlier, later in pairs), default=1)
    courses = rise.shape[1]
    bands = np.zeros((reach + 1, count, courses))
    right = np.zeros((count, courses))
    bands[0] += _LEAK
    bands[0, 1:] += _NO_NEWS
    bands[0, :-1] += _NO_NEWS
    bands[1, :-1] -= _NO_NEWS
    for (earlier, later), d, w in zip(pairs, rise, say, strict=True):
        bands[0, earlier] += w
        bands[0, later] += w
        bands[later - earlier, earlier] -= w
        right[later] += w * d
        right[earlier] -= w * d
    solved = [solveh_banded(bands[:, :, m], right[:, m], lower=True) for m in range(courses)]
    return np.stack(solved, axis=1)
