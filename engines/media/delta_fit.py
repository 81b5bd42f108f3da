"""Finds the curves and weights that guess a plane of the source best: least differences, then rounded.

Only the result is stored, so that nothing depends on how it was found.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.media.delta_guess import FINE, KNOTS, NEIGHBOURS, SEGMENT_BITS, SEGMENTS, WEIGHT_BITS, Guess, Known
from engines.media.delta_layout import Codes

_SAMPLES = 16_000
# Curves that may share a constant need something to choose by; knots that no sample touches go on straight.
_RIDGE = 1e-6
_STRAIGHT = 0.1
_STILL = 1.0
_ROUNDS = 5
_HIGHEST_WEIGHT = 1 << 20


def fitted(target: Codes, bits: int, own: int, known: tuple[Known, ...]) -> Guess:
    """The best guess of `target` (`bits` bits) from the `known` planes; `own` is the one most like it."""
    rows, columns = _sampled(target.shape)
    here = np.ix_(rows, columns)
    wanted = target[here].ravel().astype(np.float64)
    basis = np.concatenate([_knots(k.codes[here].ravel().astype(np.int64), k.depth) for k in known], axis=1)
    sharp = np.stack([n.ravel() for n in _around(known[own].codes, rows, columns)], axis=1).astype(np.float64)
    # One plane's curve starts as the same tones, the others' as nothing.
    start = np.zeros((len(known), KNOTS))
    start[own] = np.arange(KNOTS) * (float(1 << bits) / SEGMENTS)
    curves, weights = _solved(basis, sharp, wanted, start)
    highest = float(1 << (bits + FINE + 8))
    return Guess(
        curves=np.rint(np.clip(curves * (1 << FINE), -highest, highest)).astype(np.int64),
        own=own,
        weights=np.rint(np.clip(weights * (1 << WEIGHT_BITS), -_HIGHEST_WEIGHT, _HIGHEST_WEIGHT)).astype(np.int64),
    )


def _around(plane: Codes, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """What `neighbours` gives, of these rows and columns only."""
    centre = plane[np.ix_(rows, columns)].astype(np.int64)
    for y, x in NEIGHBOURS:
        there = np.ix_(np.clip(rows + y, 0, plane.shape[0] - 1), np.clip(columns + x, 0, plane.shape[1] - 1))
        yield plane[there] - centre


def _sampled(shape: tuple[int, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of a regular grid of about `_SAMPLES` samples."""
    step = max(1, int(np.sqrt(shape[0] * shape[1] / _SAMPLES)))
    return np.arange(step // 2, shape[0], step), np.arange(step // 2, shape[1], step)


def _knots(codes: NDArray[np.int64], depth: int) -> NDArray[np.float64]:
    """Samples x KNOTS: how much each knot counts for a code of `depth` bits."""
    step = depth - SEGMENT_BITS
    at, rest = codes >> step, (codes & ((1 << step) - 1)) / float(1 << step)
    found = np.zeros((len(codes), KNOTS))
    each = np.arange(len(codes))
    found[each, at] = 1.0 - rest
    found[each, at + 1] = rest
    return found


def _solved(
    basis: NDArray[np.float64], sharp: NDArray[np.float64], wanted: NDArray[np.float64], start: NDArray[Any]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Curves and weights for which the sum of how far samples are off is least, not of its squares.

    That is nearer to what they cost in bits, and little is given for what nothing can guess (dirt, titles).
    """
    left = wanted - basis @ start.ravel()
    both = np.concatenate((basis, sharp), axis=1)
    ridge = np.zeros((both.shape[1], both.shape[1]))
    ridge[: basis.shape[1], : basis.shape[1]] = np.kron(np.eye(len(start)), _bending())
    ridge[np.diag_indices_from(ridge)] += np.repeat((_RIDGE, _STILL), (basis.shape[1], sharp.shape[1]))
    counts = np.ones(len(left))
    answer = np.zeros(both.shape[1])
    for _ in range(_ROUNDS):
        counted = (both * counts[:, None]).T
        answer = np.linalg.solve(counted @ both + ridge, counted @ left)
        off = np.abs(left - both @ answer)
        counts = 1.0 / np.maximum(off, 0.5 * np.median(off) + 0.5)
        counts /= counts.mean()
    return start + answer[: basis.shape[1]].reshape(start.shape), answer[basis.shape[1] :]


def _bending() -> NDArray[np.float64]:
    """KNOTS x KNOTS: what it costs a curve to bend."""
    bends = np.diff(np.eye(KNOTS), 2, axis=0)
    penalty: NDArray[np.float64] = _STRAIGHT * bends.T @ bends
    return penalty
