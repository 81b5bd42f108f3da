"""A timeline taken into a document: cuts, names of shots, markers and the range, as one step that can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from types import MappingProxyType

from app.commands import name_shot, set_cuts, set_in, set_markers, set_out
from app.document import ClipWork, Document, Marker
from app.interchange.cutting import Cutting, MediaName, Moment, Outside, Piece
from app.interchange.times import frames_of
from engines.errors import SettingError
from engines.types import FrameNo

NOTHING_CHOSEN: Mapping[MediaName, str] = MappingProxyType({})


@dataclass(frozen=True)
class Applied:
    """The document with the timeline in it. notes: what was not taken, or taken differently, a sentence each."""

    document: Document
    notes: tuple[str, ...]
    clips: tuple[str, ...]
    """Ids of the clips that it reached."""


@dataclass(frozen=True)
class _Span:
    """A piece in frames of its clip, both ends included."""

    first: FrameNo
    last: FrameNo
    piece: Piece


def clip_for(document: Document, media: MediaName) -> ClipWork | None:
    """The document's clip that a timeline's media is: by the id we gave it, else by file name, else by its stem."""
    for clip in document.clips:
        if clip.id == media.clip_id and known_as(media, clip.media.path):
            return clip
    return next((clip for clip in document.clips if known_as(media, clip.media.path)), None)


def known_as(media: MediaName, path: PurePath) -> bool:
    """Whether one of the names is the path's, with or without suffix, in whichever case."""
    wanted = {name.casefold() for name in media.names}
    return path.name.casefold() in wanted or path.stem.casefold() in wanted


def apply_cutting(
    document: Document,
    cutting: Cutting,
    starts: Mapping[str, str | None],
    *,
    clips: Mapping[MediaName, str] = NOTHING_CHOSEN,
    handles: int = 0,
) -> Applied:
    """Take a timeline into the clips that it names; its media that the document lacks are noted.

    starts: by clip id the timecode of the media's first frame, as `start_timecode` gives it. clips: ids of the clips
    that media stand for, whatever they are called; others are found by `clip_for`. handles: frames to add
    to the range at both ends, as far as there are any. Inside the range the timeline's cuts replace the clip's;
    markers are added. Raises SettingError where not a single piece fits.
    """
    notes = list(cutting.left_out)
    by_clip: dict[str, list[Piece]] = {}
    for media in cutting.media():
        clip = document.clip(clips[media]) if media in clips else clip_for(document, media)
        pieces = [piece for piece in cutting.pieces if piece.media == media]
        if clip is None:
            notes.append(f"{media.name} is not in the project: {_count(len(pieces), 'piece')} of it left out.")
        else:
            by_clip.setdefault(clip.id, []).extend(pieces)
    reached = []
    for clip_id, pieces in by_clip.items():
        clip = document.clip(clip_id)
        spans = [span for piece in pieces if (span := _span(clip, piece, starts.get(clip_id), notes)) is not None]
        if spans:
            outside = next((span.piece.outside for span in spans if span.piece.outside is not None), None)
            document = _taken(document, clip, spans, outside, starts.get(clip_id), handles)
            reached.append(clip_id)
    if not reached:
        why = notes[-1] if notes else "It holds no pieces of media."
        raise SettingError(f"Nothing of the timeline {cutting.name} fits the project. {why}", "Check media and rate.")
    return Applied(document, tuple(dict.fromkeys(notes)), tuple(reached))


def _taken(
    document: Document, clip: ClipWork, spans: list[_Span], outside: Outside | None, start: str | None, handles: int
) -> Document:
    first, last = min(span.first for span in spans), max(span.last for span in spans)
    inside = {edge for span in spans for edge in (span.first, span.last + 1) if first < edge <= last}
    held = (shot.start for shot in clip.shots) if outside is None else outside.cuts
    cuts = inside | {cut for cut in held if cut <= first or cut > last}
    # One piece of a clip says which part is wanted, not that there are no cuts in it; our own timelines say both.
    if inside or (outside is not None and (clip.cuts_known or cuts - {0})):
        document = set_cuts(document, clip.id, cuts)
    document = _named(document, clip.id, spans)
    end = clip.media.frame_count - 1
    first, last = max(first - handles, 0), min(last + handles, end)
    document = set_out(set_in(document, clip.id, None), clip.id, None)
    document = set_in(document, clip.id, first or None)
    document = set_out(document, clip.id, last if last < end else None)
    return set_markers(document, clip.id, _markers(clip, spans, outside, start))


def _named(document: Document, clip_id: str, spans: Iterable[_Span]) -> Document:
    for span in spans:
        if span.piece.title:
            document = name_shot(document, clip_id, document.clip(clip_id).shot_index(span.first), span.piece.title)
    return document


def _markers(clip: ClipWork, spans: Iterable[_Span], outside: Outside | None, start: str | None) -> tuple[Marker, ...]:
    found = {marker.frame: marker.text for marker in clip.markers}
    found.update(outside.markers if outside is not None else ())
    for span in spans:
        for remark in span.piece.remarks:
            found[_frame(clip, span.piece, remark.at, start)] = remark.text
    count = clip.media.frame_count
    return tuple(Marker(frame, text) for frame, text in sorted(found.items()) if 0 <= frame < count)


def _span(clip: ClipWork, piece: Piece, start: str | None, notes: list[str]) -> _Span | None:
    """The piece in frames of the clip; None, and a note, where it has none of them."""
    media = clip.media
    if round(piece.start.rate) != round(media.rate):
        rates = f"{float(piece.start.rate):.6g} and {float(media.rate):.6g}"
        notes.append(f"{piece.where} counts other frames than {media.path.name} ({rates} per second): by time.")
    first = _frame(clip, piece, piece.start, start)
    last = first + piece.length.frames(media.rate) - 1
    if last < 0 or first >= media.frame_count or last < first:
        notes.append(
            f"{piece.where} asks for frames {first} to {last} of {media.path.name}, which has {media.frame_count} "
            f"from 0{f', from timecode {start}' if start else ''}: left out."
        )
        return None
    if first < 0 or last >= media.frame_count:
        notes.append(f"{piece.where} reaches beyond {media.path.name}: cut to what there is.")
    return _Span(max(first, 0), min(last, media.frame_count - 1), piece)


def _frame(clip: ClipWork, piece: Piece, at: Moment, start: str | None) -> FrameNo:
    """Number of the frame at a media time: from the origin that the timeline says, or the media's own timecode."""
    rate = clip.media.rate
    if piece.origin is not None:
        return at.frames(rate) - piece.origin.frames(rate)
    zero = frames_of(start, rate) if start else 0
    # Editors count frames of media with a timecode by it; programs that do not know it count from 0.
    return at.frames(rate) - (zero if piece.start.frames(rate) >= zero else 0)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
