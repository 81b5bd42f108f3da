"""Shots: runs of frames between cuts. No temporal stage reads across their ends."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from engines.types import FrameNo


@dataclass(frozen=True)
class Shot:
    """Frames `first` to `last`, both included."""

    first: FrameNo
    last: FrameNo

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and self.first <= number <= self.last

    def clamp(self, number: FrameNo) -> FrameNo:
        return min(max(number, self.first), self.last)


@dataclass(frozen=True)
class ShotList:
    """Shots that cover frames 0 to count - 1 without gap. `starts` ascend from 0."""

    starts: tuple[FrameNo, ...]
    count: int

    def __post_init__(self) -> None:
        if not self.starts or self.starts[0] != 0 or list(self.starts) != sorted(set(self.starts)):
            raise ValueError(f"shots must ascend from frame 0, got {self.starts}")

    def shot(self, number: FrameNo) -> Shot:
        index = bisect_right(self.starts, number) - 1
        last = self.starts[index + 1] - 1 if index + 1 < len(self.starts) else self.count - 1
        return Shot(self.starts[index], last)

    def shots(self) -> tuple[Shot, ...]:
        return tuple(self.shot(start) for start in self.starts)
