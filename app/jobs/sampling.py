"""Which frames are rendered to learn what a render will take: short windows, spread over every kind of frame."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from app.export.job import RenderJob
from engines.types import FrameNo

Kind = tuple[object, ...]
"""Frames of one kind are treated alike: same stages and settings, both with or both without a mask."""


@dataclass(frozen=True)
class Run:
    """Frames `first`..`last`, both included, all of one kind."""

    first: FrameNo
    last: FrameNo
    kind: Kind

    @property
    def count(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True)
class Window:
    """`count` frames from `first` on, within one run."""

    first: FrameNo
    count: int
    kind: Kind


def runs_of(job: RenderJob, masked: Collection[FrameNo], first: FrameNo, last: FrameNo) -> tuple[Run, ...]:
    """The range cut where the treatment of frames changes."""
    masked = frozenset(masked)
    starts = [shot.start for shot in job.shots]
    kinds: list[Kind] = []
    at = -1
    for number in range(first, last + 1):
        while at + 1 < len(starts) and starts[at + 1] <= number:
            at += 1
        kinds.append((_treatment(job, at), number in masked))
    found: list[Run] = []
    for kind, group in groupby(range(first, last + 1), key=lambda n: kinds[n - first]):
        numbers = list(group)
        found.append(Run(numbers[0], numbers[-1], kind))
    return tuple(found)


def _treatment(job: RenderJob, shot: int) -> str:
    return repr((job.shots[shot].stages, job.shots[shot].slider)) if job.shots else ""


def frames_by_kind(runs: Collection[Run]) -> Mapping[Kind, int]:
    """How many frames there are of each kind, the commonest kind first."""
    counts: dict[Kind, int] = {}
    for run in runs:
        counts[run.kind] = counts.get(run.kind, 0) + run.count
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


class Sampler:
    """Gives windows one by one: kinds in turn, within a kind spread evenly however early one stops."""

    def __init__(self, runs: Collection[Run]) -> None:
        self._runs = {kind: [run for run in runs if run.kind == kind] for kind in frames_by_kind(runs)}
        self._places = {kind: _spread() for kind in self._runs}
        self._taken: set[FrameNo] = set()
        self._exhausted: set[Kind] = set()

    def rounds(self) -> Iterator[Kind]:
        """Kinds over and over, without those that have no window left; ends when none has."""
        while alive := [kind for kind in self._runs if kind not in self._exhausted]:
            yield from alive

    def window(self, kind: Kind, length: int) -> Window | None:
        """The next window of a kind, up to `length` frames of which none was taken before; None where none is free."""
        for _ in range(8 * sum(run.count for run in self._runs[kind])):
            window = self._at(kind, next(self._places[kind]), length)
            if window is not None:
                self._taken.update(range(window.first, window.first + window.count))
                return window
        self._exhausted.add(kind)
        return None

    def _at(self, kind: Kind, place: float, length: int) -> Window | None:
        runs = self._runs[kind]
        index = int(place * sum(run.count for run in runs))
        for run in runs:
            if index < run.count:
                first = max(run.first, min(run.first + index, run.last - length + 1))
                free = range(first, min(first + length, run.last + 1))
                return None if self._taken.intersection(free) else Window(first, len(free), kind)
            index -= run.count
        return None


def _spread() -> Iterator[float]:
    """0.5, 0.25, 0.75, 0.125...: every next number falls into the widest gap (van der Corput)."""
    n = 0
    while True:
        n += 1
        value, base, left = 0.0, 0.5, n
        while left:
            value += base * (left & 1)
            left, base = left >> 1, base / 2
        yield value
