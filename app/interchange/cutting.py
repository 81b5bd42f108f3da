"""What a timeline says of media, in whichever format: pieces in order, notes on frames, and what was left aside."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from engines.types import FrameNo, Rate


@dataclass(frozen=True)
class Moment:
    """A time or a length: `value` frames at `rate` frames per second."""

    value: Fraction
    rate: Rate

    def frames(self, rate: Rate) -> int:
        """Frames at another rate. Rates that round to the same whole number count the same frames: 24 and 23.976."""
        if round(self.rate) == round(rate):
            return round(self.value)
        return round(self.value * rate / self.rate)


@dataclass(frozen=True)
class Remark:
    """A marker, in the media's time."""

    at: Moment
    text: str


@dataclass(frozen=True)
class MediaName:
    """What a timeline calls a piece of media.

    names: file, pattern and folder names it may be known by, the likeliest first; never paths. relative: where it lies
    below the timeline's folder, "" where that is not said. clip_id: of the project's clip it was exported from.
    """

    names: tuple[str, ...]
    relative: str = ""
    clip_id: str = ""

    @property
    def name(self) -> str:
        """For a person."""
        return self.names[0] if self.names else "media without a name"


@dataclass(frozen=True)
class Outside:
    """What lies outside the range that a timeline shows of a clip, frames counted from 0; only ours say it."""

    cuts: tuple[FrameNo, ...] = ()
    markers: tuple[tuple[FrameNo, str], ...] = ()


@dataclass(frozen=True)
class Piece:
    """A stretch of media on the timeline. start: in the media's own time. origin: the time of the media's first frame,
    None where it is not said. title: what the shot is called, "" for nothing. outside: None where nothing is known of
    it. where: for messages.
    """

    media: MediaName
    start: Moment
    length: Moment
    origin: Moment | None = None
    title: str = ""
    remarks: tuple[Remark, ...] = ()
    outside: Outside | None = None
    where: str = ""


@dataclass(frozen=True)
class Cutting:
    """A timeline. left_out: what could not be taken, a sentence each."""

    name: str
    pieces: tuple[Piece, ...]
    left_out: tuple[str, ...] = ()

    def media(self) -> tuple[MediaName, ...]:
        """Every piece of media once, in order."""
        return tuple(dict.fromkeys(piece.media for piece in self.pieces))
