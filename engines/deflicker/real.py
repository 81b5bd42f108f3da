"""Which part of a course of light is real: slow changes, fades, and steps that last; what comes back is flicker."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solveh_banded
from scipy.ndimage import median_filter, uniform_filter1d

from engines.deflicker.paths import Path

LASTS = 0.3
"""Share of the window that a change must last to be real."""
_FEWEST = 4
# What lasts is believed from so many standard errors on, wholly at the second.
_DOUBTED, _BELIEVED = 2.5, 4.0
_OUTLIER = 3.0
_ROUNDS = 3
_LEAST_NOISE = 2e-4
_LEVEL = 0.3

Course = NDArray[np.float64]


def lasting(rate: float, window: float) -> float:
    """How many frames a change must last to be real; at least as many as tell it from a flash. window: seconds."""
    return max(float(_FEWEST), LASTS * window * rate)


def turns(course: Course, least: float) -> int:
    """How often a course turns back by `least` or more."""
    count, heading, low, high = 0, 0, float(course[0]), float(course[0])
    for value in course:
        low, high = min(low, float(value)), max(high, float(value))
        if value - low >= least and heading <= 0:
            count, heading, high = count + abs(heading), 1, float(value)
        elif high - value >= least and heading >= 0:
            count, heading, low = count + abs(heading), -1, float(value)
        if heading > 0:
            low = float(value) if value >= high else low
        elif heading < 0:
            high = float(value) if value <= low else high
    return count


def real_part(path: Path, rate: float, window: float, steps: NDArray[np.bool_]) -> Path:
    """The true course under `path` (N x M): smooth over `window` seconds but for `steps`.

    steps: N x M, True where frame n begins another light in course m. What deviates from the smooth course for LASTS
    of the window, by more than the flicker around can feign, is true as well: fades keep their corners, and a steady
    shot stays as it is.
    """
    count, courses = path.shape
    if count < 3:
        return path.copy()
    held = lasting(rate, window)
    true = np.empty_like(path)
    for m in range(courses):
        true[:, m] = _course(path[:, m], steps[:, m], max(window * rate, 2 * held), held)
    return true


def _course(values: Course, steps: NDArray[np.bool_], window: float, held: float) -> Course:
    kept, frames = _outlasting(values, steps, round(held))
    slow = kept
    for _ in range(_ROUNDS):
        rest = values - slow
        spread = max(1.4826 * float(np.median(np.abs(rest))), _LEAST_NOISE)
        weight = 1.0 / (1.0 + np.square(rest / (_OUTLIER * spread)))
        slow = _smooth(values, weight, steps, window)
    error = _chance(values - kept, frames, round(window))
    beyond = np.abs(kept - slow) / error
    believed = np.clip((beyond - _DOUBTED) / (_BELIEVED - _DOUBTED), 0.0, 1.0)
    return np.asarray(slow + believed * (kept - slow))


def _outlasting(values: Course, steps: NDArray[np.bool_], held: int) -> tuple[Course, Course]:
    """A running median: rises and falls pass as they are, what comes back within `held` frames does not. From step to
    step; and on how many frames each of its values rests.
    """
    kept, frames = np.empty_like(values), np.empty_like(values)
    cuts = [0, *(int(n) for n in np.flatnonzero(steps) if n > 0), len(values)]
    for start, end in pairwise(cuts):
        part, count = values[start:end], end - start
        margin = min(held, count - 1)
        # Turned about its ends, so that a fade runs on beyond them.
        before = 2 * part[0] - part[margin:0:-1]
        after = 2 * part[-1] - part[-2 : -margin - 2 : -1]
        long = np.concatenate([before, part, after])
        kept[start:end] = median_filter(long, 2 * held - 1, mode="nearest")[margin : margin + count]
        index = np.arange(count)
        frames[start:end] = np.minimum(2 * np.minimum(index, count - 1 - index) + 1, 2 * held - 1)
    return kept, frames


def _chance(rest: Course, frames: Course, window: int) -> Course:
    """Standard error of a median over so many `frames` under the flicker around."""
    spread = np.sqrt(uniform_filter1d(np.square(rest), 2 * window + 1, mode="nearest")) + _LEAST_NOISE
    return np.asarray(1.2533 * spread / np.sqrt(frames))


def _smooth(values: Course, weight: Course, steps: NDArray[np.bool_], window: float) -> Course:
    """Whittaker's smoother: what varies faster than once in `window` frames is gone; lines pass, steps stay.

    A slight preference for level light keeps the ends from running after their last few frames.
    """
    count = len(values)
    bend = np.full(count - 2, (window / (2 * np.pi)) ** 4)
    tilt = np.full(count - 1, _LEVEL * (window / (2 * np.pi)) ** 2)
    # The second difference around n reads n-1, n, n+1: none may straddle a step.
    for n in np.flatnonzero(steps):
        bend[max(n - 2, 0) : n] = 1e-9
        tilt[n - 1] = 1e-9
    bands = np.zeros((3, count))
    bands[0] = weight + 1e-9
    bands[0, :-2] += bend
    bands[0, 1:-1] += 4 * bend
    bands[0, 2:] += bend
    bands[1, :-2] -= 2 * bend
    bands[1, 1:-1] -= 2 * bend
    bands[2, :-2] += bend
    bands[0, :-1] += tilt
    bands[0, 1:] += tilt
    bands[1, :-1] -= tilt
    return np.asarray(solveh_banded(bands, weight * values, lower=True))
