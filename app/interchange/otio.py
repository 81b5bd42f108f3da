"""OpenTimelineIO: timelines of projects and of masters, as editors and `otiotool` open them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import opentimelineio as otio
from opentimelineio import opentime, schema

from app.export.manifest import Manifest
from app.interchange.strip import Shown, Strip, strip_of_master
from app.interchange.times import frames_of
from app.version import VERSION
from engines.types import FrameNo

OURS = "tratteggio"
"""Key of our metadata."""


def timeline_of_manifest(manifest: Manifest, master: Path, name: str = "") -> schema.Timeline:
    """A master's shots on one track; the media is named relative to the folder that holds it. Raises MediaError."""
    strip = strip_of_master(manifest, master)
    return timeline_of_strips([strip], name or strip.label)


def timeline_of_strips(strips: Sequence[Strip], name: str) -> schema.Timeline:
    """One video track with a clip per shot, in order.

    What lies outside a strip's range is a handle: in the media's available range, not on the track.
    """
    track = schema.Track(name="V1", kind=schema.TrackKind.Video)
    for strip in strips:
        track.extend([_clip(strip, index, shot) for index, shot in enumerate(strip.shots)])
    outside = {strip.clip_id: _outside(strip) for strip in strips if strip.outside is not None}
    timeline = schema.Timeline(name=name, metadata={OURS: {"version": VERSION, "outside": outside}})
    timeline.tracks.append(track)
    return timeline


def text_of(timeline: schema.Timeline) -> str:
    """The file's contents: UTF-8 JSON."""
    return str(otio.adapters.write_to_string(timeline, "otio_json"))


def _clip(strip: Strip, index: int, shot: Shown) -> schema.Clip:
    title = shot.title or f"{strip.label} {index + 1:03}"
    clip = schema.Clip(
        name=title,
        media_reference=_reference(strip),
        source_range=_range(strip, shot.first, shot.last),
        metadata={OURS: {"clip": strip.clip_id, "title": shot.title}},
    )
    for marker in shot.markers:
        clip.markers.append(
            schema.Marker(
                name=marker.text,
                marked_range=_range(strip, marker.frame, marker.frame),
                color=schema.MarkerColor.GREEN,
            )
        )
    return clip


def _reference(strip: Strip) -> Any:
    whole = _range(strip, 0, strip.frame_count - 1)
    stills = strip.stills
    if stills is None:
        return schema.ExternalReference(target_url=strip.url, available_range=whole)
    base = f"{stills.folder.as_uri()}/" if "://" in strip.url else strip.url.rpartition("/")[0]
    return schema.ImageSequenceReference(
        target_url_base=f"{base}/" if base and not base.endswith("/") else base,
        name_prefix=quote(stills.before),
        name_suffix=quote(stills.after),
        start_frame=stills.first,
        frame_step=1,
        rate=float(strip.rate),
        frame_zero_padding=stills.digits,
        available_range=whole,
    )


def _range(strip: Strip, first: FrameNo, last: FrameNo) -> opentime.TimeRange:
    rate = float(strip.rate)
    zero = frames_of(strip.start, strip.rate) if strip.start else 0
    return opentime.TimeRange(opentime.RationalTime(zero + first, rate), opentime.RationalTime(last - first + 1, rate))


def _outside(strip: Strip) -> dict[str, Any]:
    held = strip.outside
    assert held is not None
    return {"cuts": list(held.cuts), "markers": [{"frame": frame, "text": text} for frame, text in held.markers]}
