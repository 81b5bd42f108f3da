"""Reads OpenTimelineIO files, which anybody may have written: checked for depth, sizes, types, rates and ranges."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import opentimelineio as otio
from opentimelineio import opentime, schema

from app.interchange.cutting import Cutting, MediaName, Moment, Outside, Piece, Remark
from app.interchange.otio import OURS
from app.interchange.times import FARTHEST, exact_rate
from engines.errors import MediaError, SettingError

DEEPEST = 64
"""Levels of brackets: a timeline of ours has 12."""
_SCHEMA = re.compile(r"[A-Za-z_][\w-]{0,99}\.[1-9][0-9]{0,3}")
_LONGEST_TEXT = 2000
_MOST_PIECES = 100_000


def cutting_of_text(text: str, name: str) -> Cutting:
    """What an OTIO file says. name: of the file, for messages. Raises MediaError where it is not one, or absurd."""
    _check_json(text, name)
    try:
        timeline = otio.adapters.read_from_string(text, "otio_json")
    except (otio.exceptions.OTIOError, ValueError, TypeError, KeyError, IndexError, RuntimeError) as error:
        raise MediaError(f"{name} is no OpenTimelineIO file that can be read ({_line(error)}).", _WRITE_ANEW) from error
    if not isinstance(timeline, schema.Timeline):
        kind = type(timeline).__name__
        raise MediaError(f"{name} holds a {kind} where a timeline belongs.", "Export the whole timeline.")
    try:
        return _cutting(timeline, name)
    except (otio.exceptions.OTIOError, TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:
        raise MediaError(f"{name} is damaged ({_line(error)}).", _WRITE_ANEW) from error


_WRITE_ANEW = "Export it anew from the editing program."


def _check_json(text: str, name: str) -> None:
    """The library's own parser recurses without a limit, so that depth is looked at first. Raises MediaError."""
    try:
        held = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MediaError(f"{name} is no OpenTimelineIO file: it is not JSON.", _WRITE_ANEW) from error
    if not isinstance(held, dict) or not isinstance(held.get("OTIO_SCHEMA"), str):
        raise MediaError(f"{name} is no OpenTimelineIO file.", "Give an .otio or .edl file.")
    level: list[Any] = [held]
    for _ in range(DEEPEST):
        for one in level:
            _check_schema(one, name)
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise MediaError(f"{name} is nested deeper than any timeline.", _WRITE_ANEW)


def _check_schema(held: Any, name: str) -> None:
    """The library dies of versions that no schema has. Raises MediaError."""
    said = held.get("OTIO_SCHEMA", "Any.1") if isinstance(held, dict) else "Any.1"
    if not (isinstance(said, str) and _SCHEMA.fullmatch(said)):
        raise MediaError(f"{name} holds {_text(said)[:40]!r} where the name of a schema belongs.", _WRITE_ANEW)


def _inside(outer: Any) -> Iterator[Any]:
    values = outer.values() if isinstance(outer, dict) else outer
    return (inner for inner in values if isinstance(inner, (dict, list)))


def _cutting(timeline: schema.Timeline, name: str) -> Cutting:
    left: list[str] = []
    pieces: list[Piece] = []
    outside = _outside(timeline)
    for track in timeline.tracks:
        label = track.name or track.kind
        if not isinstance(track, schema.Track):
            left.append(f"{label} is no track and was left out.")
        elif track.kind != schema.TrackKind.Video:
            left.append(f"Track {label} ({track.kind.lower()}) was left out: only pictures are restored.")
        elif not track.enabled:
            left.append(f"Track {label} is switched off and was left out.")
        else:
            pieces += (replace(p, outside=outside.get(p.media.clip_id)) for p in _pieces(track, label, left))
            if len(pieces) > _MOST_PIECES:
                raise MediaError(f"{name} holds more than {_MOST_PIECES:,} clips.", "Export a part of it.")
    if timeline.tracks.markers:
        left.append(f"{len(timeline.tracks.markers)} markers of the timeline belong to no clip and were left out.")
    return Cutting(_text(timeline.name) or name, tuple(pieces), tuple(dict.fromkeys(left)))


def _pieces(track: schema.Track, label: str, left: list[str]) -> Iterator[Piece]:
    if track.markers:
        left.append(f"{len(track.markers)} markers of track {label} belong to no clip and were left out.")
    for number, item in enumerate(track, start=1):
        where = f"Clip {number} of track {label}"
        if isinstance(item, schema.Gap):
            continue
        if isinstance(item, schema.Transition):
            left.append(f"A transition on track {label} was left out: the cut in its middle stays.")
        elif not isinstance(item, schema.Clip):
            left.append(f"{where} is a nested {type(item).__name__.lower()} and was left out: export it by itself.")
        elif not item.enabled:
            left.append(f"{where} is switched off and was left out.")
        else:
            for effect in item.effects:
                left.append(f"{where} has the effect {effect.effect_name or 'without a name'}, which was left out.")
            media = _media(item)
            if media is None:
                left.append(f"{where} shows no media and was left out.")
            else:
                yield _piece(item, media, where)


def _piece(clip: schema.Clip, media: MediaName, where: str) -> Piece:
    reference = clip.media_reference
    available = reference.available_range
    shown = clip.source_range or available
    if shown is None:
        raise MediaError(f"{where} does not say which frames it shows.", _WRITE_ANEW)
    ours = clip.metadata.get(OURS, {})
    name = _text(clip.name)
    title = _text(ours.get("title", "")) if isinstance(ours, Mapping) and "title" in ours else name
    known = {one.casefold() for given in media.names for one in (given, PurePosixPath(given).stem)}
    return Piece(
        media,
        _moment(shown.start_time, where),
        _length(shown.duration, where),
        _moment(available.start_time, where) if available is not None else None,
        "" if title.casefold() in known else title,
        tuple(Remark(_moment(m.marked_range.start_time, where), _text(m.name)) for m in clip.markers),
        where=where,
    )


def _media(clip: schema.Clip) -> MediaName | None:
    reference = clip.media_reference
    ours = clip.metadata.get(OURS, {})
    clip_id = _text(ours.get("clip", "")) if isinstance(ours, Mapping) else ""
    if isinstance(reference, schema.ImageSequenceReference):
        names, relative = _of_stills(reference)
        return MediaName(names, relative, clip_id)
    if isinstance(reference, schema.ExternalReference):
        path = path_of_url(str(reference.target_url))
        return MediaName((path.name or _text(clip.name),), _relative(path), clip_id)
    if isinstance(reference, schema.GeneratorReference) or not clip.name:
        return None
    return MediaName((_text(clip.name),), "", clip_id)


def _of_stills(reference: schema.ImageSequenceReference) -> tuple[tuple[str, ...], str]:
    """Pattern, then folder: a project may hold either."""
    folder = path_of_url(str(reference.target_url_base))
    before, after = unquote(reference.name_prefix), unquote(reference.name_suffix)
    digits = reference.frame_zero_padding
    if not 0 <= digits <= 32:
        raise MediaError("A sequence of stills is named with an absurd count of digits.", _WRITE_ANEW)
    number = f"%0{digits}d" if digits > 1 else "%d"
    pattern = PurePosixPath(f"{before.replace('%', '%%')}{number}{after.replace('%', '%%')}").name
    return tuple(name for name in (pattern, folder.name) if name), _relative(folder / pattern)


def path_of_url(url: str) -> PurePosixPath:
    """Where a target lies, of `file:` URLs, plain paths and Windows' own."""
    parts = urlsplit(url) if "://" in url else None
    text = unquote(parts.path) if parts is not None else unquote(url)
    return PurePosixPath(text.replace("\\", "/").replace("\0", ""))


def _relative(path: PurePosixPath) -> str:
    """Only what stays below the timeline's folder."""
    inside = path.parts and not path.is_absolute() and ".." not in path.parts and ":" not in path.parts[0]
    return path.as_posix() if inside else ""


def _moment(time: opentime.RationalTime, where: str) -> Moment:
    rate = exact_rate(time.rate)
    if not math.isfinite(time.value) or not -FARTHEST <= time.value <= FARTHEST:
        raise MediaError(f"{where} asks for a frame that no film has.", _WRITE_ANEW)
    return Moment(Fraction(time.value), rate)


def _length(time: opentime.RationalTime, where: str) -> Moment:
    length = _moment(time, where)
    if length.value <= 0:
        raise MediaError(f"{where} is {float(length.value):g} frames long.", _WRITE_ANEW)
    return length


def _outside(timeline: schema.Timeline) -> dict[str, Outside]:
    ours = timeline.metadata.get(OURS, {})
    held = ours.get("outside", {}) if isinstance(ours, Mapping) else {}
    if not isinstance(held, Mapping):
        return {}
    return {str(clip_id): _one_outside(values) for clip_id, values in held.items()}


def _one_outside(held: Any) -> Outside:
    return Outside(
        tuple(_frame(cut) for cut in held["cuts"]),
        tuple((_frame(marker["frame"]), _text(marker["text"])) for marker in held["markers"]),
    )


def _frame(held: Any) -> int:
    if not isinstance(held, int) or not 0 <= held <= FARTHEST:
        raise SettingError("A cut or marker lies on a frame that no film has.", _WRITE_ANEW)
    return held


def _text(held: Any) -> str:
    """One printable line."""
    text = "".join(mark if mark.isprintable() else " " for mark in str(held)).strip()
    return text[:_LONGEST_TEXT]


def _line(error: Exception) -> str:
    return _text(error)[:200]
