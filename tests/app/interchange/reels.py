"""Documents and written timelines for tests of interchange."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from app.commands import add_clip, name_shot, set_cuts, set_in, set_markers, set_out
from app.document import ClipWork, Document, Marker, Media
from app.interchange.edl import edl_of_strips
from app.interchange.otio import timeline_of_strips
from app.interchange.strip import strips_of

RATES = {
    "23.976": Fraction(24000, 1001),
    "24": Fraction(24),
    "25": Fraction(25),
    "29.97": Fraction(30000, 1001),
    "59.94": Fraction(60000, 1001),
}


def media(name: str = "reel.mkv", frames: int = 400, rate: Fraction = RATES["24"]) -> Media:
    return Media(Path("/films") / name, "f" * 64, 160, 120, frames, rate)


def cut_reel(rate: Fraction = RATES["24"], name: str = "reel.mkv") -> Document:
    """Four shots, two of them named, a range that begins and ends inside shots, markers inside and outside it."""
    document, clip_id = add_clip(Document(), media(name, rate=rate))
    document = set_cuts(document, clip_id, [50, 120, 300])
    document = name_shot(document, clip_id, 1, "Harbour, älter")
    document = name_shot(document, clip_id, 2, "SC 12")
    marks = (Marker(10, "before"), Marker(60, "Dust; top left"), Marker(199, ""), Marker(350, "after"))
    document = set_markers(document, clip_id, marks)
    return set_out(set_in(document, clip_id, 30), clip_id, 310)


def timeline_of(document: Document, name: str, starts: Mapping[str, str | None]) -> Any:
    """As OTIO. starts: timecodes of the first frames."""
    return timeline_of_strips(strips_of(document, starts), name)


def edl_of(document: Document, name: str, starts: Mapping[str, str | None]) -> str:
    """As EDL."""
    return edl_of_strips(strips_of(document, starts), name)


def bare(document: Document) -> Document:
    """The clips as nobody has worked on them."""
    clips = []
    for clip in document.clips:
        fresh, _ = add_clip(Document(), clip.media)
        clips.append(replace(fresh.clips[0], id=clip.id))
    return Document(tuple(clips))


def edit(clip: ClipWork) -> object:
    """What a timeline can say of a clip."""
    shots = tuple((shot.start, shot.name) for shot in clip.shots)
    return shots, clip.in_point, clip.out_point, clip.markers
