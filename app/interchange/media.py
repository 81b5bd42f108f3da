"""Finds the media that a timeline speaks of: among those named, else by name in the timeline's own folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.document import Media
from app.interchange.apply import known_as
from app.interchange.cutting import MediaName
from engines.errors import MediaError
from engines.media.missing import Missing
from engines.media.naming import STILL_SUFFIXES, by_pattern, is_pattern
from engines.media.open import open_source

_FILMS = (
    frozenset({".mkv", ".mov", ".mp4", ".m4v", ".mxf", ".avi", ".mpg", ".ts", ".mts", ".webm", ".dv"}) | STILL_SUFFIXES
)


@dataclass(frozen=True)
class OpenedMedia:
    """Media for a new clip, with the timecode of its first frame."""

    media: Media
    start: str | None


def find_media(timeline: Path, wanted: Iterable[MediaName], named: Sequence[Path] = ()) -> dict[MediaName, Path]:
    """Where each piece of media lies; those that are not found are left out.

    named: what a person gave, which counts first; a single one stands for media of any name where the timeline has
    only one. Paths that the timeline says are followed only below its own folder.
    """
    wanted = tuple(wanted)
    if len(named) == 1 and len({media.names for media in wanted}) == 1:
        return dict.fromkeys(wanted, named[0])
    found = {}
    for media in wanted:
        path = next((path for path in named if known_as(media, path)), None) or _beside(timeline.parent, media)
        if path is not None:
            found[media] = path
    return found


def open_media(
    path: Path, *, missing: Missing = "stop", deinterlace: bool = False, note: Callable[[str], None] = lambda _: None
) -> OpenedMedia:
    """Raises MediaError. Not on the interface thread."""
    source = open_source(path, missing=missing, deinterlace=deinterlace, note=note, threads=1)
    try:
        info = source.info
    finally:
        source.close()
    media = Media(
        info.path, info.fingerprint, info.width, info.height, info.frame_count, info.rate, missing, deinterlace
    )
    return OpenedMedia(media, info.timecode)


def _beside(folder: Path, media: MediaName) -> Path | None:
    """By the relative path that the timeline says, else by name, with any suffix where the name has none."""
    if media.relative and (path := _inside(folder, folder / media.relative)) is not None:
        return path
    for name in media.names:
        if (path := _inside(folder, folder / name)) is not None:
            return path
    stems = {name.casefold() for name in media.names if name}
    near = sorted(entry for entry in folder.iterdir() if entry.stem.casefold() in stems and entry.suffix in _FILMS)
    return next((path for entry in near if (path := _inside(folder, entry)) is not None), None)


def _inside(folder: Path, path: Path) -> Path | None:
    """The path where it is a file, a folder or a pattern of files inside `folder`, links followed."""
    try:
        real = (path.parent if is_pattern(path) else path).resolve()
        if not real.is_relative_to(folder.resolve()) or path.name in ("", ".", ".."):
            return None
        if is_pattern(path):
            by_pattern(path)
            return path
        return path if path.is_file() or path.is_dir() else None
    except (OSError, MediaError, ValueError):
        return None  # what a timeline says may be no name at all
