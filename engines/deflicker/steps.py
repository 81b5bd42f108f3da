"""Where the light of a shot jumps for good: the most likely run of straight pieces under the flicker."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engines.deflicker.paths import Path

_SHORTEST = 4
_LONGEST = 400
"""Frames in a piece; longer ones are continued by another."""
# What a further piece must gain, and what a slope, in units of the flicker's variance, per log of the number of frames.
_PRICE, _SLOPE_PRICE = 4.0, 2.0
# A step is so many times as large as chance would make it, and at least so large (log of light).
_SURE, _LEAST = 3.5, 0.03
_LEAST_NOISE = 0.004


def lasting_steps(path: Path, lasts: float, price: float = 1.0) -> NDArray[np.bool_]:
    """N x M: True where frame n of a course begins another level of light, which stays for `lasts` frames at least.

    Penalised least squares over all ways to cut the course into level and sloping pieces, solved exactly by dynamic
    programming; `price` scales what a cut or a slope costs. Corners of fades are not steps.
    """
    count, courses = path.shape
    steps = np.zeros((count, courses), np.bool_)
    shortest = max(_SHORTEST, int(np.ceil(lasts)))
    if count < 2 * shortest:
        return steps
    noise = np.maximum(1.4826 * np.median(np.abs(np.diff(path, axis=0)), axis=0) / np.sqrt(2.0), _LEAST_NOISE)
    pieces = _Pieces(path / noise, price * _SLOPE_PRICE * float(np.log(count)))
    starts = _cut(pieces, count, shortest, price * _PRICE * float(np.log(count)))
    for course in range(courses):
        for before, at, after in _bounds(starts[:, course], count):
            jump, chance = pieces.jump(before, at, after, course)
            sure = abs(jump) > _SURE * chance and abs(jump) * noise[course] > _LEAST
            steps[at, course] = sure and _stays(path[:, course], at, shortest, jump * noise[course])
    return steps


def _stays(values: NDArray[np.float64], at: int, shortest: int, jump: float) -> bool:
    """Whether most frames on both sides of `at` are apart by half the jump at least: those of a flash are not."""
    before, after = values[max(at - shortest - 1, 0) : at], values[at : at + shortest + 1]
    risen = float(np.median(after)) - float(np.median(before))
    return risen * jump > 0 and abs(risen) > abs(jump) / 2


class _Pieces:
    """Sums over every run of frames, in constant time. A piece slopes where that pays `slope_price`."""

    def __init__(self, path: Path, slope_price: float) -> None:
        time = np.arange(len(path), dtype=np.float64)[:, None]
        self._y, self._ty, self._yy = (_summed(v) for v in (path, path * time, path * path))
        self._slope_price = slope_price

    def misfit(self, starts: NDArray[np.intp], end: int) -> Path:
        """Squared error of the best piece through frames start..end-1, with the price of its slope, a row per start, a
        column per course.
        """
        _, slope, spread, level = self._line(starts, end)
        return level - np.maximum(slope * slope * spread - self._slope_price, 0.0)

    def _line(self, starts: NDArray[np.intp], end: int) -> tuple[Path, Path, Path, Path]:
        """Mean, slope, spread of the frames in time (squared), and squared error of the mean alone."""
        long = (end - starts).astype(np.float64)[:, None]
        middle = (starts[:, None] + end - 1) / 2.0
        y, ty, yy = (sums[end] - sums[starts] for sums in (self._y, self._ty, self._yy))
        spread = np.maximum(long * (long * long - 1.0) / 12.0, 1e-9)
        return y / long, (ty - middle * y) / spread, spread, np.maximum(yy - y * y / long, 0.0)

    def jump(self, before: int, at: int, after: int, course: int) -> tuple[float, float]:
        """From the piece of frames before..at-1 to that of at..after-1, midway between; and its standard error for
        noise of 1.
        """
        ends, errors = [], []
        for start, end in ((before, at), (at, after)):
            means, slopes, spreads, _ = self._line(np.array([start]), end)
            mean, slope, spread = float(means[0, course]), float(slopes[0, course]), float(spreads[0, 0])
            away = at - 0.5 - (start + end - 1) / 2.0
            if slope * slope * spread <= self._slope_price:
                slope = 0.0
            ends.append(mean + slope * away)
            errors.append(1.0 / (end - start) + (away * away / spread if slope else 0.0))
        return ends[1] - ends[0], float(np.sqrt(sum(errors)))


def _summed(values: Path) -> Path:
    return np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])


def _cut(pieces: _Pieces, count: int, shortest: int, price: float) -> NDArray[np.intp]:
    """For every end (1..count) and course, where the last piece of the best way up to there begins."""
    courses = pieces.misfit(np.array([0]), count).shape[1]
    best = np.full((count + 1, courses), np.inf)
    best[0] = -price
    begun = np.zeros((count + 1, courses), np.intp)
    every = np.arange(courses)
    for end in range(shortest, count + 1):
        starts = np.arange(max(0, end - _LONGEST), end - shortest + 1)
        total = best[starts] + pieces.misfit(starts, end) + price
        chosen = np.argmin(total, axis=0)
        best[end], begun[end] = total[chosen, every], starts[chosen]
    return begun


def _bounds(begun: NDArray[np.intp], count: int) -> list[tuple[int, int, int]]:
    """(start of the piece before, cut, end of the piece after) of every cut."""
    cuts = [count]
    while cuts[-1] > 0:
        cuts.append(int(begun[cuts[-1]]))
    cuts.reverse()
    return list(zip(cuts[:-2], cuts[1:-1], cuts[2:], strict=True))
