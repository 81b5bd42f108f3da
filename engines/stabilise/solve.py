"""From the motion of the cells over a shot to the steps of the whole picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from engines.stabilise.cells import COLUMNS, Cells
from engines.stabilise.meter import FAINT
from engines.stabilise.model import MESH, SIMILARITY, basis, root_mean_square
from engines.stabilise.split import fast

_ROUNDS = 3
_CUT = 4.0
_SMALLEST = 0.3
_PRIOR = 1e-4
_AT_ONCE = 128
"""Pictures solved together: more would only take memory."""
_SLOW = 0.19
"""Seconds: standard deviation of the window that tells what a cell does of its own from what the whole picture does.
Its response is a half at 1 Hz."""
_FIELD = (4, 5)
"""Rows and columns of cells that go to one half."""
_TRIED = 96
"""Pictures in the middle of a shot on which a mesh is tried."""
_AGREE = 0.08
"""Share of the information that must agree on a step: across a flash or a torn frame nothing is known."""
_HERTZ, _ALIKE, _LEAST = 1.0, 0.8, 0.15
"""A mesh is believed in where two halves of the cells agree on it (correlation) and it moves the picture by so many
pixels of a picture 1000 wide, each for what is faster than so many Hz."""

Steps = NDArray[np.float64]
"""N x K: motion of the whole picture from each frame to the next."""


def whole_steps(cells: Sequence[Cells], guess: Steps, rate: float, width: int, height: int) -> Steps:
    """Steps of what jolts the whole picture at once; with mesh terms where the film itself warps.

    guess: N x K, K = 2 or 4. Every cell has a slow motion of its own (parallax, someone walking, the pan itself),
    which is taken off before the cells vote: weave is what is fast and common to all of them, edges included.
    """
    places, moves, trust = (np.stack([getattr(one, name) for one in cells]) for name in ("places", "moves", "trust"))
    terms = guess.shape[1]
    steps = _voted(places, moves, trust, guess, terms, rate, width, height)
    if terms < SIMILARITY or len(cells) < rate / _HERTZ:
        return steps
    cell = np.arange(places.shape[1])
    # Large fields, as on a chess board, so that what bends only because someone walks there is in one half alone.
    odd = (cell // COLUMNS // _FIELD[0] + cell % COLUMNS // _FIELD[1]) % 2 == 1
    first = max(0, (len(cells) - _TRIED) // 2)
    tried = slice(first, first + _TRIED)
    halves = [
        _voted(places[tried, half], moves[tried, half], trust[tried, half], steps[tried], MESH, rate, width, height)
        for half in (odd, ~odd)
    ]
    one, other = (fast(half.cumsum(axis=0), _HERTZ, rate)[:, SIMILARITY:] for half in halves)
    alike = float((one * other).sum() / max(np.sqrt((one**2).sum() * (other**2).sum()), 1e-12))
    bent = np.zeros((len(one), MESH))
    bent[:, SIMILARITY:] = (one + other) / 2
    if alike < _ALIKE or root_mean_square(bent, width, height) < _LEAST * width / 1000:
        return steps
    return _voted(places, moves, trust, steps, MESH, rate, width, height)


def _voted(
    places: NDArray[np.float32],
    moves: NDArray[np.float32],
    trust: NDArray[np.float32],
    guess: Steps,
    terms: int,
    rate: float,
    width: int,
    height: int,
) -> Steps:
    steps = np.zeros((len(moves), terms))
    steps[:, : guess.shape[1]] = guess
    parts = [slice(first, first + _AT_ONCE) for first in range(0, len(moves), _AT_ONCE)]
    own = np.empty(moves.shape)
    for _ in range(_ROUNDS):
        for part in parts:
            near = basis(places[part], width, height, terms)
            own[part] = moves[part] - np.einsum("nmak,nk->nma", near, steps[part])
        slow = _slow(own, trust, _say(own, trust), rate)
        say = _say(own - slow, trust)
        for part in parts:
            steps[part] = _solved(
                basis(places[part], width, height, terms), moves[part] - slow[part], trust[part], say[part]
            )
    strength = trust[..., 0, 0] + trust[..., 1, 1]
    known = strength.sum(axis=1)
    torn = ((say * strength).sum(axis=1) < _AGREE * known) | (known < FAINT * np.median(known))
    steps[torn] = 0.0
    return steps


def _solved(
    terms: NDArray[np.float64], moves: NDArray[np.float64], trust: NDArray[np.float32], say: NDArray[np.float64]
) -> Steps:
    count, cells, _, size = terms.shape
    flat = terms.reshape(count, cells * 2, size)
    heard = (say[..., None, None] * (trust @ terms)).reshape(count, cells * 2, size).transpose(0, 2, 1)
    whole = heard @ flat + _PRIOR * np.eye(size)
    answer = np.linalg.solve(whole, heard @ moves.reshape(count, cells * 2, 1))
    return np.asarray(answer[..., 0], np.float64)


def _say(left: NDArray[np.float64], trust: NDArray[np.float32]) -> NDArray[np.float64]:
    """N x M, 0..1: how much each cell is heard."""
    across, both, down = trust[..., 0, 0], trust[..., 0, 1], trust[..., 1, 1]
    x, y = left[..., 0], left[..., 1]
    distance = across * x * x + 2 * both * x * y + down * y * y
    heard = across + down > 0
    # The median over the cells that are heard: the others sort behind them.
    ranked = np.sort(np.where(heard, distance, np.inf), axis=1)
    middle = np.take_along_axis(ranked, heard.sum(axis=1, keepdims=True) // 2, axis=1)
    scale = np.where(np.isfinite(middle), np.maximum(middle / 1.39, _SMALLEST), 1.0)
    return np.asarray(np.where(heard, 1.0 / (1.0 + distance / (_CUT * scale)) ** 2, 0.0))


def _slow(
    own: NDArray[np.float64], trust: NDArray[np.float32], say: NDArray[np.float64], rate: float
) -> NDArray[np.float64]:
    """N x M x 2: the slow part of every cell's own motion, weighted by what is known at each time."""
    spread = _SLOW * rate
    weight = np.stack([trust[..., 0, 0], trust[..., 1, 1]], -1) * say[..., None] + 1e-9
    top = gaussian_filter1d(own * weight, spread, axis=0, mode="nearest")
    return np.asarray(top / gaussian_filter1d(weight, spread, axis=0, mode="nearest"))
