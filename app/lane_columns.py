"""What the timeline draws of thousands of frames, reduced to columns of the display and to stretches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.pictures import CacheState
from engines.types import FrameNo

Run = tuple[FrameNo, FrameNo, CacheState]
"""First frame, one past the last, state."""


@dataclass(frozen=True, eq=False)
class Shares:
    """A number between 0 and 1 for some frames."""

    frames: NDArray[np.int64]
    values: NDArray[np.float64]

    @classmethod
    def of(cls, shares: Mapping[FrameNo, float]) -> Shares:
        count = len(shares)
        return cls(np.fromiter(shares.keys(), np.int64, count), np.fromiter(shares.values(), np.float64, count))

    @classmethod
    def marked(cls, frames: Iterable[FrameNo]) -> Shares:
        """1 for each of these."""
        return cls.of(dict.fromkeys(frames, 1.0))

    def at(self, frame: FrameNo) -> float | None:
        found = self.values[self.frames == frame]
        return float(found[0]) if len(found) else None

    def peaks(self, first: float, per_frame: float, width: int) -> list[tuple[int, float]]:
        """The largest share of each column of which a frame begins there, for a display `width` columns wide.

        first: the frame at the left edge; per_frame: columns of one frame. Where a frame is wider than a column its
        column may lie left of the display.
        """
        columns = np.floor((self.frames - first) * per_frame).astype(np.int64)
        margin = int(np.ceil(max(1.0, per_frame)))
        seen = (columns > -margin) & (columns < width)
        highest = np.zeros(width + margin)
        np.maximum.at(highest, columns[seen] + margin, self.values[seen])
        held = np.flatnonzero(highest)
        return list(zip((held - margin).tolist(), highest[held].tolist(), strict=True))


def cache_runs(states: Sequence[CacheState]) -> tuple[Run, ...]:
    """Stretches of frames in the same state, without those that are in none."""
    runs: list[Run] = []
    start, held = 0, ""
    for frame, state in enumerate((*states, "")):
        if state != held:
            if held:
                runs.append((start, frame, states[start]))
            start, held = frame, state
    return tuple(runs)
