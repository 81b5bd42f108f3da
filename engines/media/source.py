"""What every readable clip offers, whatever it is stored in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal, Protocol

from engines.colour.chosen import AS_TAGGED, ChosenTags
from engines.media.hdr_metadata import HdrMetadata
from engines.provenance import Origin, ProvenanceMap
from engines.types import ColourSpec, Frame, FrameNo, PixelFormat, Rate


@dataclass(frozen=True)
class StreamInfo:
    """A stream beside the pictures. kind: audio, subtitle, data, attachment or video (cover art, a second picture)."""

    index: int
    kind: str
    codec: str
    language: str = ""
    detail: str = ""
    """For a person: "stereo, 48000 Hz, 24 bit"."""


@dataclass(frozen=True)
class Chapter:
    """Times in seconds."""

    start: Fraction
    end: Fraction
    title: str


@dataclass(frozen=True)
class ClipInfo:
    """Everything known of a clip without decoding it all. Field names follow FFmpeg's vocabulary."""

    path: Path
    """The file, the pattern or the folder as the user named it (absolute)."""
    kind: Literal["container", "sequence", "still"]
    container: str
    codec: str
    width: int
    height: int
    format: PixelFormat
    native_format: str
    """FFmpeg's name of the layout in the file (`rgb48be`), which may be packed where `format` is planar."""
    colour: ColourSpec
    sar: Fraction
    """Sample aspect ratio; 1 where unknown."""
    rate: Rate
    """Nominal frames per second."""
    time_base: Fraction
    pts: tuple[int, ...]
    """Presentation time of every frame, in `time_base` units, in display order; its length is the frame count."""
    variable_rate: bool = False
    timecode: str | None = None
    field_order: str = "progressive"
    """progressive, tff, bff or unknown, as flagged by the file."""
    streams: tuple[StreamInfo, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    metadata: Mapping[str, str] | None = None
    first_number: int = 0
    """Sequences: number in the first file's name."""
    missing: tuple[FrameNo, ...] = ()
    """Sequences: frames (counted from 0) that have no file."""
    fingerprint: str = ""
    """SHA-256 over size and content samples: cheap identity, changes when the file does."""
    hdr: HdrMetadata | None = None
    """What the file says of itself as an HDR master; None where it says nothing."""
    chosen: ChosenTags = AS_TAGGED
    """What a person chose in place of the file's colour tags; it is in `colour` already."""
    tagged: ColourSpec | None = None
    """What the file says of its colour where something was chosen; None where `colour` is the file's own word."""
    labels: str = ""
    """Digest of what a track beside the file says of its pixels; "" where none is read with it."""

    @property
    def frame_count(self) -> int:
        return len(self.pts)


def chosen_info(info: ClipInfo, tags: ChosenTags) -> ClipInfo:
    """The clip with what a person chose in place of its colour tags. Raises SettingError where it has no such tag."""
    if tags == AS_TAGGED:
        return info
    tags.check(info.format, info.path.name)
    return replace(info, colour=tags.applied(info.colour), chosen=tags, tagged=info.colour)


@dataclass(frozen=True)
class Descent:
    """What a source's answer is: the frame's own samples, or something else that must be labelled as such."""

    origin: Origin = Origin.SOURCE
    donor: int = 0
    """Frame offset of a frame that stands in for this one."""
    said: ProvenanceMap | None = None
    """Where every pixel of the frame came from, where that is known (masters with their track); then it counts."""


OWN = Descent()


class Source(Protocol):
    """Random access to decoded frames; safe to use from one thread at a time."""

    @property
    def info(self) -> ClipInfo: ...

    def read(self, number: FrameNo) -> Frame:
        """Frame `number` (0-based), native samples.

        Raises FrameError for a damaged or missing frame, IndexError out of range.
        """
        ...

    def descent(self, number: FrameNo) -> Descent:
        """What `read(number)` gave: `OWN`, unless another frame, black or a filter stands in its place."""
        ...

    def close(self) -> None: ...
