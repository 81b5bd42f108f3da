"""The clock of playback: which frame is due when, at any speed, without ever counting in floats of frames shown."""

from __future__ import annotations

import math
from fractions import Fraction

from engines.types import FrameNo


class PlaybackClock:
    """Tells the frame due at a moment. Times are seconds of any steady clock; the rate is in frames per second."""

    def __init__(self, count: int, rate: Fraction) -> None:
        self.count = count
        self.rate = rate
        self.first: FrameNo = 0
        self.last: FrameNo = max(0, count - 1)
        self.loop = False
        """Begin again after `last` (backward: after `first`) instead of staying there."""
        self.speed = 0.0
        self._from: FrameNo = 0
        self._since = 0.0

    @property
    def running(self) -> bool:
        return self.speed != 0

    def limit(self, first: FrameNo, last: FrameNo, loop: bool) -> None:
        self.first, self.last, self.loop = first, last, loop

    def start(self, frame: FrameNo, speed: float, now: float) -> None:
        """Frame `frame` is due at `now`; 1 is the rate itself, negative plays backward."""
        self._from, self.speed, self._since = frame, speed, now

    def stop(self) -> None:
        self.speed = 0.0

    def frame(self, now: float) -> FrameNo:
        """The frame due at `now`."""
        place = self._from + self._passed(now)
        if self.loop and not self.first <= place <= self.last and self.first <= self._from <= self.last:
            return self.first + (place - self.first) % (self.last - self.first + 1)
        return min(max(place, 0), self.count - 1) if self.loop else min(max(place, self.first), self.last)

    def place(self, now: float) -> float:
        """The same with the share of the frame's time that has passed, unlimited: for comparing with another clock."""
        return self._from + (now - self._since) * self.speed * float(self.rate)

    def following(self, frame: FrameNo) -> FrameNo | None:
        """The frame after `frame` in the direction of play, however late it is; None at the end."""
        after = frame + (1 if self.speed > 0 else -1)
        if self.first <= after <= self.last:
            return after
        return (self.first if self.speed > 0 else self.last) if self.loop else None

    def ended(self, now: float) -> bool:
        """Whether the last frame has had its time and nothing comes after it."""
        place = self._from + self._passed(now)
        return self.running and not self.loop and (place > self.last if self.speed > 0 else place < self.first)

    def _passed(self, now: float) -> int:
        return math.floor((now - self._since) * abs(self.speed) * float(self.rate) + 1e-6) * (
            1 if self.speed > 0 else -1
        )
