"""Importing a timeline in two halves: what opens files, for a thread, and what changes the document, in one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.commands import add_clip
from app.document import Document
from app.interchange.apply import Applied, apply_cutting, clip_for
from app.interchange.cutting import Cutting, MediaName
from app.interchange.media import OpenedMedia, find_media, open_media
from app.interchange.read import media_of_timeline, read_timeline
from app.interchange.strip import start_timecode
from engines.errors import MediaError, TratteggioError
from engines.types import Rate


@dataclass(frozen=True)
class Prepared:
    """A timeline that was read, with its media found. starts: timecode of the first frame, of clips that the document
    had. held: ids of those. opened: media of clips to add. start: for media that say no timecode.
    """

    cutting: Cutting
    held: Mapping[MediaName, str]
    starts: Mapping[str, str | None]
    opened: Mapping[MediaName, OpenedMedia]
    start: str | None = None
    handles: int = 0

    def apply(self, document: Document) -> Applied:
        """The document with clips added and the timeline taken in; quick, opens nothing.

        Raises SettingError where nothing of it fits.
        """
        starts = dict(self.starts)
        clips = {media: clip_id for media, clip_id in self.held.items() if clip_id in {c.id for c in document.clips}}
        added: dict[Path, str] = {}
        for media, opened in self.opened.items():
            path = opened.media.path
            if path not in added:
                document, added[path] = add_clip(document, opened.media)
                starts[added[path]] = opened.start
            clips[media] = added[path]
        starts = {clip_id: start or self.start for clip_id, start in starts.items()}
        return apply_cutting(document, self.cutting, starts, clips=clips, handles=self.handles)


def prepare(
    timeline: Path,
    document: Document,
    named: Sequence[Path] = (),
    *,
    start: str | None = None,
    handles: int = 0,
    note: Callable[[str], None] = lambda _: None,
) -> Prepared:
    """Read a timeline and open the media that it speaks of: the document's clips by name, else files by `find_media`.

    Not on the interface thread. Raises MediaError, SettingError.
    """
    wanted = media_of_timeline(timeline)
    held = {media: clip.id for media in wanted if (clip := clip_for(document, media)) is not None}
    places = find_media(timeline, [media for media in wanted if media not in held], named)
    by_path = {path: open_media(path, note=note) for path in dict.fromkeys(places.values())}
    opened = {media: by_path[path] for media, path in places.items()}
    if not held and not opened:
        names = ", ".join(media.name for media in wanted[:5]) or "none"
        raise MediaError(
            f"The media of {timeline.name} were not found: {names}.",
            "Name them with --media, put them beside the timeline, or add them to the project first.",
        )
    rates: list[Rate] = [document.clip(clip_id).media.rate for clip_id in held.values()]
    rates += [one.media.rate for one in opened.values()]
    return Prepared(
        read_timeline(timeline, rates[0]), held, _starts(document, set(held.values()), note), opened, start, handles
    )


def _starts(document: Document, clip_ids: set[str], note: Callable[[str], None]) -> dict[str, str | None]:
    starts: dict[str, str | None] = {}
    for clip in document.clips:
        if clip.id in clip_ids:
            try:
                starts[clip.id] = start_timecode(clip.media)
            except TratteggioError as error:
                note(f"The timecode of {clip.media.path.name} is not known: {error.sentence}")
                starts[clip.id] = None
    return starts
