"""Fitting the motion of a whole picture to its cells, whatever moves in front of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engines.stabilise.model import Coefficients

_ROUNDS = 12
_CUT = 4.0
"""Cells farther off than this many standard deviations have no say (Geman and McClure 1987 below)."""
_SMALLEST = 0.3
"""Variances are not believed to be smaller than this share of what the cells say of themselves."""
_PRIOR = 1e-4
"""Inverse px^2: without anything to see, nothing moves."""


def fitted(
    terms: NDArray[np.float64], moves: NDArray[np.float32], trust: NDArray[np.float32], start: Coefficients | None
) -> tuple[Coefficients, NDArray[np.float64], float]:
    """Coefficients (K), each cell's say in them (M, 0..1), and how much information they rest on (1/px^2).

    terms: M x 2 x K from `model.basis`; moves: M x 2; trust: M x 2 x 2. Iteratively reweighted least squares from
    `start` (the weighted median shift where there is none), with the scale of the residuals shrinking to their
    median.
    """
    count = terms.shape[-1]
    found = np.zeros(count)
    if start is None:
        strength = trust[:, 0, 0] + trust[:, 1, 1]
        found[:2] = [_median(moves[:, axis], strength) for axis in (0, 1)]
    else:
        found[:] = start
    say = np.ones(len(moves))
    heard = trust.trace(axis1=1, axis2=2) > 0
    if not heard.any():
        return np.zeros(count), np.zeros(len(moves)), 0.0
    normal = np.einsum("mak,mab,mbl->mkl", terms, trust, terms)
    pulled = np.einsum("mak,mab,mb->mk", terms, trust, moves)
    previous = np.inf
    for turn in range(_ROUNDS):
        left = moves - terms @ found
        distance = np.einsum("ma,mab,mb->m", left, trust, left)
        scale = max(float(np.median(distance[heard])) / 1.39, _SMALLEST)
        scale = min(scale * (4.0 if turn < 3 else 1.0), previous * 1.5)
        previous = scale
        say = 1.0 / (1.0 + distance / (_CUT * scale)) ** 2
        found = np.linalg.solve(
            np.einsum("m,mkl->kl", say, normal) + _PRIOR * np.eye(count), np.einsum("m,mk->k", say, pulled)
        )
    return found, np.where(heard, say, 0.0), float(np.einsum("m,maa->", say, trust))


def _median(values: NDArray[np.float32], weights: NDArray[np.float32]) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)]) if total[-1] > 0 else 0.0
