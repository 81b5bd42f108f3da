"""From measured windows to what a whole render takes, with an interval that says how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.jobs.sampling import Kind
from app.jobs.values import Estimate, Span

_RESAMPLES = 400
_LOW, _HIGH = 5, 95
# Two renders of the very same frames differ by so much on a machine that does other things too.
_TIME_DOUBT, _SIZE_DOUBT = 0.1, 0.02
# With a single window nothing is known of how frames differ.
_LONE_DOUBT = 0.4
# A master is assembled beside the finished segments before these go.
_COPIES = 2.02

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """A measured window: seconds and bytes per frame."""

    kind: Kind
    frames: int
    seconds: float
    size: float


@dataclass(frozen=True)
class Surroundings:
    """What does not grow with the frames. startup: seconds before the first frame and after the last; memory: peak."""

    startup: float
    memory: int


def estimate(samples: Sequence[Sample], counts: Mapping[Kind, int], around: Surroundings) -> Estimate:
    """Of a render of `counts` frames of each kind. Kinds without a sample count as the mean of the others."""
    frames = sum(counts.values())
    seconds = _span(samples, counts, [sample.seconds for sample in samples], _TIME_DOUBT)
    size = _span(samples, counts, [sample.size for sample in samples], _SIZE_DOUBT)
    # What is done once varies from run to run as much as the frames do.
    low, high = around.startup * (1 - _TIME_DOUBT), around.startup * (1 + _TIME_DOUBT)
    seconds = Span(seconds.low + low, seconds.mid + around.startup, seconds.high + high)
    return Estimate(seconds, size, size.high * _COPIES, around.memory, frames, len(samples))


def settled(answer: Estimate, samples: Sequence[Sample], counts: Mapping[Kind, int], enough: float) -> bool:
    """Whether more windows would not tell much more: every kind was seen and the intervals are narrow."""
    seen = {sample.kind for sample in samples}
    return len(samples) >= 4 and len(seen) == len(counts) and max(answer.seconds.spread, answer.size.spread) < enough


def _span(samples: Sequence[Sample], counts: Mapping[Kind, int], costs: Sequence[float], doubt: float) -> Span:
    values, weights = np.array(costs), np.array([sample.frames for sample in samples], np.float64)
    everywhere = float(np.average(values, weights=weights))
    totals: Numbers = np.zeros(_RESAMPLES)
    mid = 0.0
    rng = np.random.default_rng(0)
    for kind, count in counts.items():
        mine = np.array([sample.kind == kind for sample in samples])
        if not mine.any():
            mid += count * everywhere
            totals += count * everywhere
            continue
        mid += count * float(np.average(values[mine], weights=weights[mine]))
        totals += count * _resampled(values[mine], weights[mine], rng)
    low, high = np.percentile(totals, [_LOW, _HIGH])
    least = mid * (doubt if len(samples) > 1 else _LONE_DOUBT)
    return Span(max(0.0, min(float(low), mid - least)), mid, max(float(high), mid + least))


def _resampled(values: Numbers, weights: Numbers, rng: np.random.Generator) -> Numbers:
    """Bootstrap of the weighted mean; residuals are widened as few windows show too little of the spread."""
    count = len(values)
    mean = float(np.average(values, weights=weights))
    if count == 1:
        return mean * (1 + _LONE_DOUBT * (rng.random(_RESAMPLES) * 2 - 1))
    wide = mean + (values - mean) * np.sqrt(count / (count - 1))
    picks = rng.integers(0, count, (_RESAMPLES, count))
    means: Numbers = (wide[picks] * weights[picks]).sum(axis=1) / weights[picks].sum(axis=1)
    return np.maximum(means, 0)
