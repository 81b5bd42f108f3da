"""Parameters moved as little as possible so that picked spots and reference pictures come out as they should."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engines.colour.mapped import Places
from engines.fade.model import FadeMap
from engines.fade.parameters import GLOBAL, LIMITS, FadeParameters, Numbers

Kind = Literal["neutral", "skin", "black", "white"]

Residuals = Callable[[FadeParameters], Numbers]
"""How far parameters miss what is wanted, in units of what is tolerable."""

# How readily base, toe, gain, bend and cross-talk give way.
_FREE = np.concatenate([np.full(3, 0.18), np.full(3, 0.15), np.full(3, 0.24), np.full(3, 0.02), np.full(6, 0.03)])
_ROUNDS, _STEP = 12, 1e-4
_TOLERABLE = 0.01
_GREY = 0.05
"""R'G'B' by which what people pick as grey is not: held tighter, three picked greys made pictures worse than one."""
_BLACK, _BLACK_GIVES, _WHITE, _WHITE_GIVES = 0.05, 0.08, 0.98, 0.05
"""What blacks and whites of pictures are, and by how much they differ: few of them are the film's own ends."""
_RANKS = (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98)


@dataclass(frozen=True)
class Spot:
    """A picked spot. colour: of the scan there, nominal R'G'B'. x, y: from -1 to 1 across the picture."""

    kind: Kind
    colour: tuple[float, float, float]
    x: float
    y: float


def fitted(start: Numbers, wants: Residuals) -> Numbers:
    """The vector near `start` that misses `wants` least (Levenberg and Marquardt, prior at `start`); fields stay."""

    def missed(moved: Numbers) -> Numbers:
        return np.concatenate([wants(FadeParameters.from_vector(_put(start, moved))), moved])

    moved = np.zeros(GLOBAL)
    now, damping = missed(moved), 1e-2
    for _ in range(_ROUNDS):
        slopes = np.stack([(missed(moved + _STEP * row) - now) / _STEP for row in np.eye(GLOBAL)], axis=1)
        square = slopes.T @ slopes
        step = np.linalg.solve(square + damping * np.diag(np.diag(square)), -slopes.T @ now)
        tried = missed(moved + step)
        if tried @ tried < now @ now:
            moved, now, damping = moved + step, tried, damping * 0.3
        else:
            damping *= 10.0
    return _put(start, moved)


def spot_wants(spots: tuple[Spot, ...]) -> Residuals:
    """Neutral spots want equal channels, black and white nearly the ends, and skin the hue of skin."""

    def missed(parameters: FadeParameters) -> Numbers:
        return np.concatenate([_missed(spot, _restored(parameters, spot)) for spot in spots])

    return missed


def likeness_wants(pictures: NDArray[np.float32], reference: NDArray[np.float32]) -> Residuals:
    """Small pictures (N x 3 x H x W) want the ranges of the reference (M x 3 x H x W): equal ranked values."""
    flat = np.concatenate(list(pictures), axis=1)[:, ::2, ::2]
    other = np.concatenate(list(reference), axis=1)
    wanted = np.quantile(other.reshape(3, -1), _RANKS, axis=1)
    places = Places(1.0, 1.0, 2.0, 2.0)

    def missed(parameters: FadeParameters) -> Numbers:
        # The stacked pictures are no picture with places: fields are left out of the comparison.
        shown = FadeMap(parameters.even(), flat.shape[2], flat.shape[1]).restore(flat.copy(), places)
        found = np.quantile(shown.reshape(3, -1), _RANKS, axis=1)
        return np.asarray((found - wanted) / (2.0 * _TOLERABLE)).ravel()

    return missed


def _put(start: Numbers, moved: Numbers) -> Numbers:
    out = start.copy()
    out[:GLOBAL] += moved * _FREE
    return np.clip(out, -LIMITS, LIMITS)


def _restored(parameters: FadeParameters, spot: Spot) -> Numbers:
    colour = np.array(spot.colour, np.float32)[:, None, None]
    at = Places(1.0 + spot.x, 1.0 + spot.y, 1.0, 1.0)
    return FadeMap(parameters, 2, 2).restore(colour, at)[:, 0, 0].astype(np.float64)


def _missed(spot: Spot, shown: Numbers) -> Numbers:
    red, green, blue = shown
    if spot.kind == "neutral":
        return np.array([red - green, blue - green]) / _GREY
    if spot.kind == "skin":
        # Skin of every complexion lies near one line of hue (McCamy's two skin patches; Hunt, chapter 5): red exceeds
        # green by nearly twice what green exceeds blue, and red exceeds blue by about half of green.
        hue, depth = (red - green) - 1.8 * (green - blue), (red - blue) - 0.5 * green
        return np.array([hue / (2.0 * _TOLERABLE), depth / (10.0 * _TOLERABLE)])
    return (shown - _WHITE) / _WHITE_GIVES if spot.kind == "white" else (shown - _BLACK) / _BLACK_GIVES
