"""Segments into the finished file: packets joined without encoding again, with everything else the source holds."""

from __future__ import annotations

import contextlib
import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
from av.container import InputContainer, OutputContainer
from av.stream import Stream
from av.video.stream import VideoStream

from engines.errors import RenderError
from engines.media.assemble_stills import place_stills
from engines.media.encode import Segment
from engines.media.hdr_metadata import HDR_MAPPING_TAG, HdrMetadata
from engines.media.hdr_template import template
from engines.media.hevc_sei import sei, with_sei
from engines.media.matroska_sar import SLACK, write_sar
from engines.media.presets import Preset
from engines.media.side_streams import SideStreams, kept_tags
from engines.media.sink import refusals, refuse_existing, whole_file
from engines.media.source import ClipInfo
from engines.media.tag_check import check_tags
from engines.media.timecode import shift_timecode
from engines.types import ColourSpec, FrameNo

Note = Callable[[str], None]

_OPTIONS = {
    # Packets come interleaved already; without this the muxer would hold ten seconds of pictures for a silent stream.
    "max_interleave_delta": "1",
    # No random numbers and no time of day: the same render makes the same file.
    "fflags": "+bitexact",
}
_MUXER_OPTIONS = {
    "mov": {"movflags": "+use_metadata_tags"},
    "mp4": {"movflags": "+use_metadata_tags+faststart"},
    "matroska": {},
}
_OWN_TAGS = {"major_brand", "minor_version", "compatible_brands", HDR_MAPPING_TAG}
_CHAPTER_BASE = Fraction(1, 10**9)
_AGAIN = "Render the range again."
_NOTHING = HdrMetadata().codes()


@dataclass(frozen=True)
class Said:
    """What a finished file must say of its pictures: their colour as stored, and its HDR metadata."""

    colour: ColourSpec
    hdr: HdrMetadata = field(default_factory=HdrMetadata)


def assemble(
    out: Path,
    segments: Sequence[Segment],
    preset: Preset,
    clip: ClipInfo,
    first: FrameNo,
    last: FrameNo,
    note: Note = lambda _: None,
    said: Said | None = None,
) -> None:
    """Make `out` of segments that cover frames `first` to `last` of the clip, and of the clip's other streams.

    Times, rate, sample aspect ratio, tags, chapters and timecode are the source's; a range that starts later starts
    at 0. What the container cannot hold is said to `note`, one sentence each. The segments stay. Raises MediaError
    where `out` exists, RenderError where the segments do not fit together or cannot be written, or where the file does
    not read back what is to be `said` (None: whatever the segments say). Stills say what their own files do.
    """
    ordered = _in_order(segments, first, last)
    if preset.kind == "sequence":
        place_stills(out, ordered, preset, clip, note)
        return
    refuse_existing(out)
    with whole_file(out) as partial:
        hdr = said.hdr if said is not None else HdrMetadata()
        title = _join(partial, ordered, preset, clip, (first, last), note, hdr)
        if preset.container == "matroska" and clip.sar != 1:
            write_sar(partial, title, (ordered[0].width, ordered[0].height), clip.sar)
        if said is not None:
            check_tags(partial, said.colour, said.hdr)


def _join(
    path: Path,
    ordered: list[Segment],
    preset: Preset,
    clip: ClipInfo,
    span: tuple[FrameNo, FrameNo],
    note: Note,
    hdr: HdrMetadata,
) -> str:
    """Write the whole file; returns the title of its pictures, which in Matroska is stored with slack behind it."""
    first, last = span
    with contextlib.ExitStack() as files:
        options = _OPTIONS | _MUXER_OPTIONS[preset.container]
        sink = files.enter_context(av.open(str(path), "w", format=preset.container, container_options=options))
        stream = _picture_stream(sink, ordered[0], clip, hdr)
        sides = None
        if clip.kind == "container":
            source = files.enter_context(_opened(clip.path, "Is the source still where it was?"))
            _copy_picture_tags(source, stream, clip)
            sides = SideStreams(source, sink, clip, note)
        _describe(sink, stream, clip, first, last, note)
        if hdr.mapping:
            sink.metadata[HDR_MAPPING_TAG] = hdr.mapping
        title = stream.metadata.get("title", "")
        if preset.container == "matroska" and clip.sar != 1:
            stream.metadata["title"] = title + SLACK
        start = clip.pts[first] * clip.time_base if first > 0 else None
        end = clip.pts[last + 1] * clip.time_base if last + 1 < clip.frame_count else None
        sink.start_encoding()
        others = sides.packets(start, end) if sides is not None else iter(())
        pictures: Iterator[av.Packet[Any]] = _picture_packets(ordered, stream, clip, (first, last), hdr)
        for packet in heapq.merge(pictures, others, key=_decoding_time):
            sink.mux(packet)
    return title


def _in_order(segments: Sequence[Segment], first: FrameNo, last: FrameNo) -> list[Segment]:
    ordered = sorted(segments, key=lambda segment: segment.first)
    expected = first
    for segment in ordered:
        if segment.first != expected:
            raise RenderError(f"Frame {expected} is in no segment, or in two.", _AGAIN)
        if (segment.width, segment.height, segment.layout) != (ordered[0].width, ordered[0].height, ordered[0].layout):
            raise RenderError(f"The pictures from frame {segment.first} on have another size or layout.")
        expected += segment.count
    if expected != last + 1:
        raise RenderError(f"The segments end at frame {expected - 1}, not {last}.", _AGAIN)
    return ordered


def _picture_stream(sink: OutputContainer, segment: Segment, clip: ClipInfo, hdr: HdrMetadata) -> VideoStream:
    """A stream with the parameters that the segment's file gives: codec, size, colour, fields, aspect ratio."""
    with contextlib.ExitStack() as files:
        own = files.enter_context(_opened(segment.path, _AGAIN)).streams.video[0]
        like = own
        if hdr.codes() != _NOTHING:
            with refusals(segment.path):
                like = files.enter_context(av.open(template(segment.path, hdr))).streams.video[0]
        stream = sink.add_stream_from_template(like, opaque=True)
        stream.codec_context.extradata = own.codec_context.extradata
        # Which ProRes, which HEVC: decoders go by the tag, and the muxer would take the first it knows.
        stream.codec_context.codec_tag = own.codec_context.codec_tag
    stream.time_base = clip.time_base
    stream.codec_context.sample_aspect_ratio = clip.sar
    if not clip.variable_rate:
        stream.codec_context.framerate = clip.rate
    return stream


def _opened(path: Path, hint: str) -> InputContainer:
    try:
        return av.open(str(path))
    except (OSError, av.FFmpegError) as error:
        raise RenderError(f"{path.name} cannot be read: {error.strerror or error}.", hint) from error


def _copy_picture_tags(source: InputContainer, stream: Stream, clip: ClipInfo) -> None:
    others = {info.index for info in clip.streams}
    picture = next((s for s in source.streams.video if s.index not in others), None)
    if picture is not None:
        stream.metadata.update(kept_tags(picture.metadata))
        stream.disposition = picture.disposition


def _describe(sink: OutputContainer, stream: Stream, clip: ClipInfo, first: FrameNo, last: FrameNo, note: Note) -> None:
    tags = kept_tags(dict(clip.metadata or {}))
    sink.metadata.update({key: value for key, value in tags.items() if key.lower() not in _OWN_TAGS})
    _set_timecode(sink, stream, clip, first, note)
    start = clip.pts[first] * clip.time_base if first > 0 else Fraction(0)
    end = clip.pts[last] * clip.time_base + 1 / clip.rate
    sink.set_chapters(
        [
            {
                "id": number,
                "start": int((max(chapter.start, start) - start) / _CHAPTER_BASE),
                "end": int((min(chapter.end, end) - start) / _CHAPTER_BASE),
                "time_base": _CHAPTER_BASE,
                "metadata": {"title": chapter.title} if chapter.title else {},
            }
            for number, chapter in enumerate(clip.chapters, start=1)
            if chapter.end > start and chapter.start < end
        ]
    )


def _set_timecode(sink: OutputContainer, stream: Stream, clip: ClipInfo, first: FrameNo, note: Note) -> None:
    if clip.timecode is None:
        return
    drops_wrongly = ";" in clip.timecode and round(clip.rate) % 30
    if drops_wrongly and sink.format.name != "matroska":
        # The muxer makes no timecode track of it, and says so only in its log.
        note(f"The drop-frame timecode {clip.timecode} does not exist at {clip.rate} frames/s and was left out.")
        return
    try:
        stream.metadata["timecode"] = shift_timecode(clip.timecode, first, clip.rate)
    except ValueError:
        note(f"The timecode {clip.timecode!r} is not understood and was left out.")


def _picture_packets(
    segments: Sequence[Segment], stream: VideoStream, clip: ClipInfo, span: tuple[FrameNo, FrameNo], hdr: HdrMetadata
) -> Iterator[av.Packet[VideoStream]]:
    """Every segment's packets in decoding order, with the source's times; keyframes of HEVC say `hdr`.

    Groups of pictures are closed, so the packet decoded as number k is due when frame k - delay is shown.
    """
    first, last = span
    unit = sei(hdr) if stream.codec_context.name == "hevc" and hdr.codes() != _NOTHING else b""
    offset = clip.pts[first] if first > 0 else 0
    times = [time - offset for time in clip.pts[first : last + 1]]
    nominal = max(1, round(1 / (clip.rate * clip.time_base)))
    after = clip.pts[last + 1] - offset if last + 1 < clip.frame_count else times[-1] + nominal
    delay = max(segment.reorder for segment in segments)
    number = 0
    for segment in segments:
        begun = number
        for packet in _segment_packets(segment, stream):
            shown = begun + _ordinal(packet, clip) if segment.reorder else number
            packet = _saying(packet, unit) if unit and packet.is_keyframe else packet
            if not begun <= shown < begun + segment.count:
                raise RenderError(f"The segment {segment.path.name} holds other frames than it should.")
            packet.time_base = clip.time_base
            packet.pts = times[shown]
            packet.dts = times[number - delay] if number >= delay else times[0] - (delay - number) * nominal
            packet.duration = (times[shown + 1] if shown + 1 < len(times) else after) - times[shown]
            packet.stream = stream
            number += 1
            yield packet
        if number - begun != segment.count:
            raise RenderError(f"The segment {segment.path.name} has lost frames.", _AGAIN)


def _saying(packet: av.Packet[VideoStream], unit: bytes) -> av.Packet[VideoStream]:
    """The keyframe with a message before its picture."""
    out = av.Packet(with_sei(bytes(packet), unit))
    out.is_keyframe = True
    return cast("av.Packet[VideoStream]", out)


def _segment_packets(segment: Segment, stream: VideoStream) -> Iterator[av.Packet[VideoStream]]:
    with _opened(segment.path, _AGAIN) as source:
        picture = source.streams.video[0]
        if picture.codec_context.extradata != stream.codec_context.extradata:
            raise RenderError(f"The segment {segment.path.name} was encoded with other settings.")
        for packet in source.demux(picture):
            if packet.size:
                yield packet


def _ordinal(packet: av.Packet[VideoStream], clip: ClipInfo) -> int:
    """Which frame of its segment a packet holds: segments run at the clip's nominal rate from 0."""
    if packet.pts is None:
        raise RenderError("A segment's packet has no time.")
    return round(packet.pts * packet.time_base * clip.rate)


def _decoding_time(packet: av.Packet[Any]) -> Fraction:
    time = packet.dts if packet.dts is not None else packet.pts
    return (time or 0) * packet.time_base
