"""From the motion of the cells over a shot to the path of the whole picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from engines.stabilise.cells import Cells
from engines.stabilise.model import basis

_ROUNDS = 4
_CUT = 4.0
_SMALLEST = 0.3
_PRIOR = 1e-4
_SLOW = 0.19
"""Seconds: standard deviation of the window that tells what a cell does of its own from what the whole picture does.
Its response is a half at 1 Hz."""


def chained(
    cells: Sequence[Cells], start: NDArray[np.float64], rate: float, width: int, height: int
) -> NDArray[np.float64]:
    """N x K steps from each picture to the next, of what jolts the whole picture at once.

    start: N x k first guesses, k <= K... Every cell has a slow motion of its own (parallax, someone walking, the pan
    itself), which is taken off before the cells vote: weave is what is fast and common to all of them.
    """
    places, moves, trust = (np.stack([getattr(one, name) for one in cells]) for name in ("places", "moves", "trust"))
    terms = basis(places, width, height, start.shape[1])
    normal = np.einsum("nmak,nmab,nmbl->nmkl", terms, trust, terms, optimize=True)
    steps = start.copy()
    for _ in range(_ROUNDS):
        own = moves - np.einsum("nmak,nk->nma", terms, steps)
        say = _say(own, trust)
        slow = _slow(own, trust, say, rate)
        say = _say(own - slow, trust)
        pulled = np.einsum("nmak,nmab,nmb,nm->nk", terms, trust, moves - slow, say, optimize=True)
        whole = np.einsum("nm,nmkl->nkl", say, normal) + _PRIOR * np.eye(steps.shape[1])
        steps = np.linalg.solve(whole, pulled[..., None])[..., 0]
    return steps


def _say(left: NDArray[np.float64], trust: NDArray[np.float64]) -> NDArray[np.float64]:
    """N x M, 0..1: how much each cell is heard."""
    distance = np.einsum("nma,nmab,nmb->nm", left, trust, left, optimize=True)
    heard = trust[..., 0, 0] + trust[..., 1, 1] > 0
    middle = np.ma.median(np.ma.array(distance, mask=~heard), axis=1).filled(0.0)
    scale = np.maximum(np.asarray(middle) / 1.39, _SMALLEST)[:, None]
    return np.asarray(np.where(heard, 1.0 / (1.0 + distance / (_CUT * scale)) ** 2, 0.0))


def _slow(
    own: NDArray[np.float64], trust: NDArray[np.float64], say: NDArray[np.float64], rate: float
) -> NDArray[np.float64]:
    """N x M x 2: the slow part of every cell's own motion, weighted by what is known at each time."""
    spread = _SLOW * rate
    weight = np.stack([trust[..., 0, 0], trust[..., 1, 1]], -1) * say[..., None] + 1e-9
    top = gaussian_filter1d(own * weight, spread, axis=0, mode="nearest")
    return np.asarray(top / gaussian_filter1d(weight, spread, axis=0, mode="nearest"))
