"""The streams beside the pictures: sound, subtitles, data and attachments, copied packet by packet."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from fractions import Fraction

import av
from av.audio.codeccontext import AudioCodecContext
from av.container import InputContainer, OutputContainer
from av.stream import AttachmentStream, Discard, Disposition, Stream

from engines.media.source import ClipInfo, StreamInfo

# What a muxer writes anew, or what counts another file's packets.
_STALE = re.compile(r"DURATION.*|BPS.*|NUMBER_OF_.*|_STATISTICS_.*|encoder|timecode|vendor_id", re.IGNORECASE)
_NAMELESS = {"1 channels": "mono", "2 channels": "stereo"}
_PCM = re.compile(r"pcm_[suf](\d+)(?:le|be)?")


class SideStreams:
    """Copies every stream but the pictures of `source` into `sink`; what `sink` cannot hold is told to `note`.

    Made before the sink's header is written, asked for its packets afterwards.
    """

    def __init__(
        self, source: InputContainer, sink: OutputContainer, clip: ClipInfo, note: Callable[[str], None]
    ) -> None:
        self._source = source
        self._copies: dict[int, Stream] = {}
        others = {info.index: info for info in clip.streams}
        for stream in source.streams:
            if stream.index in others:
                self._add(sink, stream, others[stream.index], note)
            if stream.index not in self._copies:
                stream.discard = Discard.all

    def _add(self, sink: OutputContainer, stream: Stream, info: StreamInfo, note: Callable[[str], None]) -> None:
        if is_derived(stream):
            return
        cover = Disposition.attached_pic in stream.disposition
        if sink.format.name == "matroska" and (cover or isinstance(stream, AttachmentStream)):
            _attach(sink, stream, self._cover(stream) if cover else None)
        elif _fits(sink.format.name, stream):
            self._copies[stream.index] = _copy_of(sink, stream)
        else:
            called = ", ".join(text for text in (info.kind, info.codec, info.language) if text)
            note(f"Stream {info.index} ({called}) cannot be stored in {sink.format.long_name} and was left out.")

    def _cover(self, stream: Stream) -> bytes:
        """The picture of an attached-picture stream, which every demuxer hands out as its one packet."""
        with av.open(self._source.name) as again:
            return next(bytes(packet) for packet in again.demux(again.streams[stream.index]) if packet.size)

    def packets(self, start: Fraction | None, end: Fraction | None) -> Iterator[av.Packet[Stream]]:
        """Packets whose time lies in `start` <= t < `end` (seconds, None = open), in stored order.

        Times are moved so that `start` is 0. Sound is cut by whole packets, PCM by samples; a subtitle on screen at
        `start` is kept from there.
        """
        if not self._copies:
            return
        wanted = [self._source.streams[index] for index in self._copies]
        for packet in self._source.demux(*wanted):
            if packet.size == 0:
                continue
            kept = packet
            if Disposition.attached_pic not in packet.stream.disposition:
                cut = _trimmed(packet, start, end)
                if cut is None:
                    continue
                kept = cut
            kept.stream = self._copies[packet.stream.index]
            yield kept


def is_derived(stream: Stream) -> bool:
    """Timecode and chapter tracks: the muxer writes them anew from the timecode and the chapters."""
    return stream.type == "data" and ("timecode" in stream.metadata or stream.discard == Discard.all)


def kept_tags(tags: dict[str, str]) -> dict[str, str]:
    """Tags without those that speak of another file's packets."""
    return {key: value for key, value in tags.items() if not _STALE.fullmatch(key)}


def _copy_of(sink: OutputContainer, stream: Stream) -> Stream:
    copy = sink.add_stream_from_template(stream, opaque=True)
    copy.metadata.update(kept_tags(stream.metadata))
    copy.disposition = stream.disposition
    context = copy.codec_context
    if isinstance(context, AudioCodecContext) and context.layout.name in _NAMELESS:
        # Matroska only counts channels; MP4 asks PCM which they are.
        context.layout = _NAMELESS[context.layout.name]
    return copy


def _fits(container: str, stream: Stream) -> bool:
    """Whether the muxer takes the stream, found out by writing to memory: a header, and of PCM a sample of silence."""
    try:
        with av.open(io.BytesIO(), "w", format=container) as trial:
            copy = _copy_of(trial, stream)
            trial.start_encoding()
            if match := _PCM.fullmatch(stream.codec_context.name):
                trial.mux(_silence(copy, int(match[1]) // 8))
    except (av.FFmpegError, ValueError):
        return False
    return True


def _silence(stream: Stream, sample_bytes: int) -> av.Packet[Stream]:
    context = stream.codec_context
    assert isinstance(context, AudioCodecContext)
    packet: av.Packet[Stream] = av.Packet(bytes(sample_bytes * context.layout.nb_channels))
    packet.stream, packet.time_base, packet.is_keyframe = stream, Fraction(1, context.sample_rate), True
    packet.pts = packet.dts = 0
    packet.duration = 1
    return packet


def _attach(sink: OutputContainer, stream: Stream, cover: bytes | None) -> None:
    codec = stream.codec_context.name if cover is not None else ""
    name = stream.metadata.get("filename") or ("cover.png" if codec == "png" else "cover.jpg")
    kind = stream.metadata.get("mimetype") or ("image/png" if codec == "png" else "image/jpeg")
    data = cover if cover is not None else stream.data if isinstance(stream, AttachmentStream) else b""
    sink.add_attachment(name, kind, data).metadata.update(kept_tags(stream.metadata))


def _trimmed(packet: av.Packet[Stream], start: Fraction | None, end: Fraction | None) -> av.Packet[Stream] | None:
    """The part of a packet within the range, moved; None where nothing of it is."""
    base = packet.time_base
    time = packet.pts if packet.pts is not None else packet.dts
    if time is None:
        return packet
    if end is not None and time * base >= end:
        return None
    stream = packet.stream
    if end is not None:
        packet = _ended(packet, time, end)
    if start is None:
        return packet
    if time * base < start:
        if time * base + (packet.duration or 0) * base <= start:
            return None
        if stream.type == "audio":
            packet = _cut_pcm(packet, time, start, None)
            if packet.pts == time:
                return None
        elif stream.type == "subtitle":
            late = round(start / base) - time
            packet.pts, packet.dts, packet.duration = time + late, time + late, (packet.duration or 0) - late
        else:
            return None
    offset = round(start / base)
    packet.pts = packet.pts - offset if packet.pts is not None else None
    packet.dts = packet.dts - offset if packet.dts is not None else None
    return packet


def _ended(packet: av.Packet[Stream], time: int, end: Fraction) -> av.Packet[Stream]:
    """A packet that starts before `end`, made to end there: PCM by samples, a subtitle by its duration."""
    if packet.stream.type == "audio":
        return _cut_pcm(packet, time, None, end)
    if packet.stream.type == "subtitle":
        packet.duration = min(packet.duration or 0, round(end / packet.time_base) - time)
    return packet


def _cut_pcm(packet: av.Packet[Stream], time: int, start: Fraction | None, end: Fraction | None) -> av.Packet[Stream]:
    """A PCM packet cut to the sample at `start` or `end`; other sound as it is."""
    context = packet.stream.codec_context
    match = _PCM.fullmatch(context.name)
    if match is None or not isinstance(context, AudioCodecContext):
        return packet
    base, block, rate = packet.time_base, int(match[1]) // 8 * context.layout.nb_channels, context.sample_rate
    data = bytes(packet)
    low = 0 if start is None else min(len(data) // block, max(0, -(-(start - time * base) * rate // 1)))
    high = len(data) // block if end is None else min(len(data) // block, -(-(end - time * base) * rate // 1))
    if (low, high) == (0, len(data) // block):
        return packet
    cut = av.Packet(data[int(low) * block : int(high) * block])
    cut.stream, cut.time_base = packet.stream, base
    cut.pts = cut.dts = time + round(Fraction(int(low), rate) / base)
    cut.duration = round(Fraction(int(high - low), rate) / base)
    cut.is_keyframe = True
    return cut
