"""Describes a container: geometry, colour, time, and every stream beside the pictures."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from engines.errors import MediaError
from engines.media.colour_tags import colour_of
from engines.media.decoder import Decoder
from engines.media.demux import open_container, video_stream
from engines.media.hdr_metadata import HDR_MAPPING_TAG, HdrMetadata, metadata_of
from engines.media.index import FrameIndex
from engines.media.planes import format_of
from engines.media.source import Chapter, ClipInfo, StreamInfo
from engines.types import Rate

_FIELD_ORDERS = {1: "progressive", 2: "tff", 3: "bff", 4: "tff", 5: "bff"}
_CHROMA = frozenset({"left", "center", "topleft", "top", "bottomleft", "bottom"})
_LOG_LOCK = threading.Lock()


def probe(path: Path, index: FrameIndex, fingerprint: str) -> ClipInfo:
    """Everything known of the file `path`, whose frames are `index`. Raises MediaError."""
    with open_container(path) as container:
        stream = video_stream(container, path.name)
        picture = _first_picture(path, index, stream)
        codec = stream.codec_context
        time_base = stream.time_base or Fraction(1, 1000)
        metadata = {**container.metadata, **stream.metadata}
        rate, variable = nominal_rate(index.pts.tolist(), time_base, stream.guessed_rate or stream.average_rate)
        return ClipInfo(
            path=path,
            kind="container",
            container=container.format.name,
            codec=codec.name,
            width=picture.width,
            height=picture.height,
            format=format_of(picture.format.name),
            native_format=picture.format.name,
            colour=colour_of(picture, codec, _chroma_location(container, stream)),
            sar=stream.sample_aspect_ratio or codec.sample_aspect_ratio or Fraction(1),
            rate=rate,
            time_base=time_base,
            pts=tuple(index.pts.tolist()),
            variable_rate=variable,
            timecode=_timecode(container, stream),
            field_order=_field_order(codec, picture),
            streams=tuple(_describe(s) for s in container.streams if s.index != stream.index),
            chapters=tuple(_chapter(c) for c in container.chapters()),
            metadata=metadata,
            fingerprint=fingerprint,
            hdr=_hdr(picture, metadata),
        )


def nominal_rate(pts: list[int], time_base: Fraction, flagged: Fraction | None) -> tuple[Rate, bool]:
    """(frames per second, whether it varies). Times that are a constant step but for rounding do not vary."""
    if len(pts) < 2:
        return flagged or Fraction(24), False
    times = np.array(pts, dtype=np.float64)
    mean = (pts[-1] - pts[0]) / (len(pts) - 1)
    strays = float(np.max(np.abs(times - times[0] - mean * np.arange(len(pts)))))
    average = Fraction(len(pts) - 1) / ((pts[-1] - pts[0]) * time_base)
    if strays > 1.5:
        return average.limit_denominator(1001), True
    # The flagged rate is the exact one where it fits the times, which may be rounded to milliseconds.
    drift = abs(1 / flagged / time_base * (len(pts) - 1) - (pts[-1] - pts[0])) if flagged else None
    return (flagged if flagged and drift is not None and drift <= 2 else average.limit_denominator(1001)), False


def _first_picture(path: Path, index: FrameIndex, stream: av.VideoStream) -> av.VideoFrame:
    """The first picture that decodes; later ones may differ and are checked when they are read."""
    decoder = Decoder(path, index.packets, intra=not index.predicted, threads=1)
    try:
        while (step := decoder.step()) is not None:
            if step.pictures:
                return step.pictures[0][1]
    finally:
        decoder.close()
    raise MediaError(f"No picture of {path.name} can be decoded.", f"It is stored as {stream.codec_context.name}.")


def _hdr(picture: av.VideoFrame, metadata: Mapping[str, str]) -> HdrMetadata | None:
    # Matroska writes its tags in capitals.
    words = next((value for key, value in metadata.items() if key.lower() == HDR_MAPPING_TAG), "")
    return replace(metadata_of(picture), mapping=words) or None


def _timecode(container: av.container.InputContainer, stream: av.VideoStream) -> str | None:
    """Of the pictures, else of the file, else of a timecode track."""
    places: list[Mapping[str, str]] = [stream.metadata, container.metadata]
    places += [other.metadata for other in container.streams]
    # Matroska writes its tags in capitals.
    named = ({key.lower(): value for key, value in place.items()} for place in places)
    return next((place["timecode"] for place in named if place.get("timecode")), None)


def _field_order(codec: av.VideoCodecContext, picture: av.VideoFrame) -> str:
    order = _FIELD_ORDERS.get(codec.field_order, "unknown")
    # Some demuxers leave the stream unflagged while its pictures say they are fields.
    return "unknown" if picture.interlaced_frame and order == "progressive" else order


def _describe(stream: Any) -> StreamInfo:
    context = getattr(stream, "codec_context", None)
    codec = context.name if context is not None else ""
    details: list[str] = []
    if stream.type == "audio" and context is not None:
        details = [context.layout.name, f"{context.sample_rate} Hz", context.format.name if context.format else ""]
    elif stream.type == "video" and context is not None:
        cover = stream.disposition & av.stream.Disposition.attached_pic
        details = [f"{context.width}x{context.height}", "cover art" if cover else ""]
    elif stream.type == "attachment":
        details = [stream.metadata.get("filename", ""), stream.mimetype or ""]
    else:
        details = [stream.metadata.get("handler_name", ""), stream.metadata.get("timecode", "")]
    title = stream.metadata.get("title", "")
    language = stream.language or stream.metadata.get("language", "") or ""
    return StreamInfo(stream.index, stream.type, codec, language, ", ".join(d for d in (*details, title) if d))


def _chapter(chapter: Mapping[str, Any]) -> Chapter:
    unit = Fraction(chapter["time_base"])
    return Chapter(chapter["start"] * unit, chapter["end"] * unit, chapter["metadata"].get("title", ""))


def _chroma_location(container: av.container.InputContainer, stream: av.VideoStream) -> str:
    """FFmpeg's name, which PyAV offers only inside its printed summary of the file."""
    with _LOG_LOCK:
        level, skip = av.logging.get_level(), av.logging.get_skip_repeated()
        av.logging.set_level(av.logging.VERBOSE)
        av.logging.set_libav_level(av.logging.VERBOSE)
        av.logging.set_skip_repeated(False)
        try:
            summary = container.dumps_format()  # type: ignore[attr-defined]  # missing from PyAV's stubs
        finally:
            av.logging.set_skip_repeated(skip)
            av.logging.set_libav_level(av.logging.INFO)
            av.logging.set_level(level)
    line = next((s for s in summary.splitlines() if re.match(rf"\s*Stream #0:{stream.index}\b", s)), "")
    words = {word for group in re.findall(r"\(([^()]*)\)", line) for word in group.split(", ")}
    return next(iter(words & _CHROMA), "unknown")
