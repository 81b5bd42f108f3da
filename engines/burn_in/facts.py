"""What the strip under a review copy says of a frame."""

from __future__ import annotations

from dataclasses import dataclass

from engines.media.timecode import shift_timecode
from engines.types import FrameNo, Rate

BANNER = "REVIEW COPY \N{EN DASH} NOT THE MASTER"
NOTHING = "Nothing synthesised in this picture"
_LEAST = 0.0001


@dataclass(frozen=True)
class BurnIn:
    """rate, count: of the clip. start: timecode of frame 0; "" where the clip has none, time since its beginning then.

    first_number: of the first still where they are numbered. case: a line on case or collection, empty without one.
    """

    rate: Rate
    count: int
    start: str = ""
    first_number: int = 0
    case: str = ""

    def time(self, number: FrameNo) -> str:
        """ "TC 01:00:00:12", or "T 00:00:00:12" from the beginning."""
        start = self.start or "00:00:00:00"
        return f"{'TC' if self.start else 'T'} {shift_timecode(start, number, self.rate)}"

    def frame(self, number: FrameNo) -> str:
        """Counted from 0 as everywhere; the still's own number where that is another."""
        still = f", file no. {number + self.first_number}" if self.first_number else ""
        return f"Frame {number} of {self.count}{still}"


def flagged_words(share: float) -> str:
    """On the share of the picture (0..1) that is SYNTHESISED."""
    if share <= 0:
        return NOTHING
    shown = f"<{_LEAST:.2%}" if share < _LEAST else f"{share:.2%}"
    return f"SYNTHESISED, not from the source: {shown} of this picture".replace("%", " %")
