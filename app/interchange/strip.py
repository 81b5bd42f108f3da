"""What is exported as a timeline: the shots of clips in order, from a document or from a master's manifest."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

from app.document import ClipWork, Document, Marker, Media
from app.export.manifest import Manifest
from app.interchange.cutting import Outside
from engines.errors import MediaError, TratteggioError
from engines.media.naming import by_pattern, in_folder, is_pattern
from engines.media.open import open_source
from engines.types import FrameNo, Rate


@dataclass(frozen=True)
class Shown:
    """A shot on the timeline, frames of the media counted from 0, both ends included. title: "" where it has none."""

    first: FrameNo
    last: FrameNo
    title: str = ""
    markers: tuple[Marker, ...] = ()


@dataclass(frozen=True)
class Stills:
    """Names of a sequence's files: what stands before and after the number, its digits, and the first number."""

    folder: Path
    before: str
    after: str
    digits: int
    first: int


@dataclass(frozen=True)
class Strip:
    """Shots of one piece of media. path: the file, pattern or folder; url: what the timeline calls it.

    start: timecode of its first frame, None where it has none. clip_id, outside: what only our own import reads.
    """

    path: Path
    url: str
    rate: Rate
    frame_count: int
    shots: tuple[Shown, ...]
    start: str | None = None
    stills: Stills | None = None
    clip_id: str = ""
    outside: Outside | None = None

    @property
    def label(self) -> str:
        """What a person calls it: without suffix and place for a number."""
        return re.sub(r"[._-]?%0?\d*d", "", self.path.stem) or self.path.parent.name or self.path.stem


def start_timecode(media: Media) -> str | None:
    """Timecode of the first frame, as the file says it; None where it says none. Opens it. Raises MediaError."""
    source = open_source(media.path, missing=media.missing, threads=1)
    try:
        return source.info.timecode
    finally:
        source.close()


def start_timecodes(document: Document, note: Callable[[str], None]) -> dict[str, str | None]:
    """By clip id; None, and a note, where the media cannot be opened. Not on the interface thread."""
    starts: dict[str, str | None] = {}
    for clip in document.clips:
        try:
            starts[clip.id] = start_timecode(clip.media)
        except TratteggioError as error:
            note(f"Times of {clip.media.path.name} count from 0: {error.sentence}")
            starts[clip.id] = None
    return starts


def strips_of(document: Document, starts: Mapping[str, str | None]) -> tuple[Strip, ...]:
    """A strip per clip, between its in and out points; the media around them are the handles."""
    return tuple(_strip(clip, starts.get(clip.id)) for clip in document.clips)


def strip_of_master(manifest: Manifest, master: Path) -> Strip:
    """The shots of a master, which is opened for its rate and timecode. Raises MediaError."""
    source = open_source(master, threads=1)
    try:
        info = source.info
    finally:
        source.close()
    starts = [max(start - manifest.first, 0) for start in manifest.shots if start <= manifest.last]
    edges = [*sorted({0, *starts}), info.frame_count]
    shots = tuple(Shown(first, after - 1) for first, after in pairwise(edges) if first < after)
    # Beside the timeline, so that a package can be moved as a whole.
    url = f"{quote(master.name)}/" if master.is_dir() else quote(master.name)
    return Strip(master, url, info.rate, info.frame_count, shots, info.timecode, _stills(master))


def _strip(clip: ClipWork, start: str | None) -> Strip:
    media = clip.media
    end = media.frame_count - 1
    first, last = clip.in_point or 0, end if clip.out_point is None else clip.out_point
    shots = []
    for index, shot in enumerate(clip.shots):
        begin, finish = clip.shot_range(index)
        begin, finish = max(begin, first), min(finish, last)
        if begin <= finish:
            marks = tuple(marker for marker in clip.markers if begin <= marker.frame <= finish)
            shots.append(Shown(begin, finish, shot.name, marks))
    outside = Outside(
        tuple(shot.start for shot in clip.shots if shot.start and not first < shot.start <= last),
        tuple((marker.frame, marker.text) for marker in clip.markers if not first <= marker.frame <= last),
    )
    path = media.path.absolute()
    return Strip(
        path, path.as_uri(), media.rate, media.frame_count, tuple(shots), start, _stills(path), clip.id, outside
    )


def _stills(path: Path) -> Stills | None:
    """None for what is no sequence, or is not there to be looked at."""
    try:
        if is_pattern(path):
            found = by_pattern(path)
        elif path.is_dir():
            found = in_folder(path, lambda _: None)
        else:
            return None
    except MediaError:
        return None
    first, file = next(iter(found.files.items()))
    before, _, after = found.name.partition("#")
    after = after.lstrip("#")
    return Stills(file.parent, before, after, len(file.name) - len(before) - len(after), first)
