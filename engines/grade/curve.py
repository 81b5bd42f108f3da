"""A smooth curve through points that never overshoots between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

_ROOM = 3.0
"""How far slopes may exceed the chord's before a piece overshoots (Fritsch and Carlson, figure 2: a circle of 3)."""


@dataclass(frozen=True)
class Curve:
    """Cubic Hermite pieces through (x, y) with limited slopes, straight on beyond the ends.

    Fritsch and Carlson, Monotone piecewise cubic interpolation, SIAM J. Numer. Anal. 17 (1980): where the points rise,
    the curve rises. Empty points: the straight line y = x.
    """

    points: tuple[tuple[float, float], ...] = ()

    @property
    def neutral(self) -> bool:
        """Whether it changes nothing."""
        return all(x == y for x, y in self.points)

    def __call__(self, values: Doubles | Sequence[float]) -> Doubles:
        """The curve at `values`, of any shape."""
        at = np.asarray(values, dtype=np.float64)
        if self.neutral:
            return at
        x, y = np.array(self.points, dtype=np.float64).T
        slopes = _slopes(x, y)
        piece = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(x) - 2)
        width = x[piece + 1] - x[piece]
        t = np.clip((at - x[piece]) / width, 0.0, 1.0)
        low, high = y[piece], y[piece + 1]
        start, end = slopes[piece] * width, slopes[piece + 1] * width
        inside = low + t * (start + t * (3 * (high - low) - 2 * start - end + t * (2 * (low - high) + start + end)))
        below, above = np.minimum(at - x[0], 0.0), np.maximum(at - x[-1], 0.0)
        return np.asarray(inside + slopes[0] * below + slopes[-1] * above)


STRAIGHT = Curve()


def _slopes(x: Doubles, y: Doubles) -> Doubles:
    """At every point: the chords' mean, limited so that no piece overshoots; flat at a turn."""
    chords = np.diff(y) / np.diff(x)
    slopes = np.concatenate([chords[:1], (chords[:-1] + chords[1:]) / 2, chords[-1:]])
    slopes[1:-1][chords[:-1] * chords[1:] <= 0] = 0.0
    for index, chord in enumerate(chords):
        if chord == 0.0:
            slopes[index] = slopes[index + 1] = 0.0
            continue
        before, after = slopes[index] / chord, slopes[index + 1] / chord
        length = float(np.hypot(before, after))
        if length > _ROOM:
            slopes[index], slopes[index + 1] = before * chord * _ROOM / length, after * chord * _ROOM / length
    return np.asarray(slopes)
