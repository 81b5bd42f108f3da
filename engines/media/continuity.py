"""Whether a clip's frames follow each other as they should: gaps, uneven times, missing numbers, repeated frames."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.media.source import ClipInfo
from engines.types import FrameNo

# A step this much longer (shorter) than the usual one, relative, is a gap (a crowd).
_GAP, _CROWD = 1.5, 0.5
_MOST = 10_000
# Times are rounded to the clip's time base: a tick either way says nothing.
_ROUNDING = 1.0


@dataclass(frozen=True)
class Run:
    """Frames `first` to `last`, both included, counted from 0."""

    first: FrameNo
    last: FrameNo


@dataclass(frozen=True)
class Step:
    """The time from frame `frame` to the next one, in seconds, and the usual one."""

    frame: FrameNo
    seconds: float
    usual: float


@dataclass(frozen=True)
class Continuity:
    """missing: still numbers without a file. gaps, crowds: steps of time that are half as long again, or half as long,
    as the usual one or worse. uneven: how many of the others differ from it by more than rounding.

    duplicates: runs of frames whose decoded pictures are identical; None where nobody compared them. unlisted: how
    many entries the lists would have beyond the first ten thousand of each.
    """

    missing: tuple[Run, ...]
    gaps: tuple[Step, ...]
    crowds: tuple[Step, ...]
    uneven: int
    duplicates: tuple[Run, ...] | None = None
    repeated: int = 0
    """How many frames repeat the one before them."""
    unlisted: int = 0

    def to_json(self) -> dict[str, Any]:
        """In types that JSON knows."""
        return asdict(self)


def continuity(info: ClipInfo, hashes: Sequence[str] | None = None, first: FrameNo = 0) -> Continuity:
    """What the frame table says, and with `hashes` (of decoded frames from `first` on) which frames are repeated."""
    gaps, crowds, uneven = _steps(info)
    missing, repeats = runs(info.missing), duplicate_runs(hashes or (), first)
    return Continuity(
        missing[:_MOST],
        gaps[:_MOST],
        crowds[:_MOST],
        uneven,
        None if hashes is None else repeats[:_MOST],
        sum(run.last - run.first for run in repeats),
        sum(max(0, len(found) - _MOST) for found in (missing, gaps, crowds, repeats)),
    )


def duplicate_runs(hashes: Sequence[str], first: FrameNo = 0) -> tuple[Run, ...]:
    """Runs of two or more neighbours with the same hash; `first` is the number of the first frame."""
    found, start = [], 0
    for index in range(1, len(hashes) + 1):
        if index < len(hashes) and hashes[index] == hashes[start]:
            continue
        if index - start > 1:
            found.append(Run(first + start, first + index - 1))
        start = index
    return tuple(found)


def runs(numbers: Iterable[FrameNo]) -> tuple[Run, ...]:
    """Ascending numbers as runs without holes."""
    found: list[Run] = []
    for number in numbers:
        if found and number == found[-1].last + 1:
            found[-1] = Run(found[-1].first, number)
        else:
            found.append(Run(number, number))
    return tuple(found)


def _steps(info: ClipInfo) -> tuple[tuple[Step, ...], tuple[Step, ...], int]:
    if info.kind != "container" or info.frame_count < 2:
        return (), (), 0
    times: NDArray[np.int64] = np.array(info.pts, dtype=np.int64)
    steps = times[1:] - times[:-1]
    # Where the rate varies its average is nobody's step.
    usual = float(np.median(steps)) if info.variable_rate else float(1 / (info.rate * info.time_base))
    gap, crowd = steps > _GAP * usual + _ROUNDING, steps < _CROWD * usual - _ROUNDING
    uneven = ~gap & ~crowd & (np.abs(steps - usual) > _ROUNDING)

    def listed(which: NDArray[np.bool_]) -> tuple[Step, ...]:
        return tuple(
            Step(int(at), _seconds(int(steps[at]), info.time_base), usual * float(info.time_base))
            for at in np.flatnonzero(which)
        )

    return listed(gap), listed(crowd), int(np.count_nonzero(uneven))


def _seconds(ticks: int, time_base: Fraction) -> float:
    return float(ticks * time_base)
