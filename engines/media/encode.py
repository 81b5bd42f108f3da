"""Segments of a render: runs of frames encoded into files that stand on their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import av
from av.video.stream import VideoStream

from engines.errors import RenderError
from engines.media.colour_tags import UNTAGGED, tag
from engines.media.convert import convert
from engines.media.framemd5 import picture_md5
from engines.media.planes import to_av
from engines.media.presets import Preset, check_size, encoder_options, stored_colour, stored_format
from engines.media.readback import decoded_hashes
from engines.media.sink import whole_file
from engines.media.source import ClipInfo
from engines.media.still_write import write_stills
from engines.types import ColourSpec, Frame, FrameNo, PixelFormat

_X265_DELAY = 2
"""Frames by which x265's decoding order runs ahead, with its default pyramid of B-frames."""
_FIELD_ORDERS = {"progressive": "progressive", "tff": "tt", "bff": "bb"}


@dataclass(frozen=True)
class Segment:
    """Frames `first` to `first + count - 1` of a clip in one file, or in one folder of stills.

    hashes: MD5 of every decoded frame's raw bytes in the file's own pix_fmt. width, height, layout: as stored.
    reorder: how many frames the decoding order runs ahead of display (0 without B-frames).
    """

    path: Path
    first: FrameNo
    count: int
    hashes: tuple[str, ...]
    width: int
    height: int
    layout: PixelFormat
    reorder: int = 0


def encode_segment(
    path: Path,
    preset: Preset,
    clip: ClipInfo,
    layout: PixelFormat,
    frames: Iterable[Frame],
    first: FrameNo,
    *,
    threads: int = 0,
    seen: Callable[[Frame], None] = lambda _: None,
) -> Segment:
    """Encode `frames` (frame `first` of the clip and on), all of one size and of `layout`, as they come.

    `path` becomes a file of the preset's container, whose first packet is a keyframe and whose times count frames
    from 0 at the clip's rate; for sequences it becomes a folder. An older segment there is replaced. threads: 0 = as
    many as the machine has. seen: is shown every picture as it is stored, but for what a lossy codec does to it. Raises
    RenderError, SettingError, and whatever pulling a frame raises.
    """
    stored, pix_fmt = stored_format(preset, layout)
    source = iter(frames)
    head = next(source, None)
    if head is None:
        raise RenderError(f"There are no frames to write into {path.name}.")
    check_size(preset, head.width, head.height)
    pictures = _alike(chain((head,), source), head)
    reorder = 0
    if preset.kind == "sequence":
        hashes = write_stills(path, preset, clip, pictures, first)
    else:
        colour = stored_colour(preset, layout, head.colour, head.width, head.height)
        with whole_file(path) as partial:
            with av.open(str(partial), "w", format=preset.container) as sink:
                stream = _add_stream(sink, preset, clip, head, pix_fmt, colour, threads)
                ready = _shown((convert(p, stored, colour) for p in pictures), seen)
                hashes, reorder = _encode(sink, stream, ready, pix_fmt, preset, colour)
            if not preset.master:
                hashes = _verified(partial, len(hashes))
    return Segment(path, first, len(hashes), hashes, head.width, head.height, stored, reorder)


def _alike(frames: Iterable[Frame], head: Frame) -> Iterator[Frame]:
    for frame in frames:
        if (frame.width, frame.height, frame.format) != (head.width, head.height, head.format):
            raise RenderError(
                f"The pictures change from {head.width}x{head.height} {head.format.name} "
                f"to {frame.width}x{frame.height} {frame.format.name} within one render."
            )
        yield frame


def _shown(frames: Iterable[Frame], seen: Callable[[Frame], None]) -> Iterator[Frame]:
    for frame in frames:
        seen(frame)
        yield frame


def _add_stream(
    sink: av.container.OutputContainer,
    preset: Preset,
    clip: ClipInfo,
    head: Frame,
    pix_fmt: str,
    colour: ColourSpec,
    threads: int,
) -> VideoStream:
    options = encoder_options(preset, head.width, head.height, pix_fmt) | _tags(colour)
    if clip.field_order in _FIELD_ORDERS:
        options["field_order"] = _FIELD_ORDERS[clip.field_order]
    if clip.field_order in ("tff", "bff") and preset.codec == "libx264":
        options["flags"] = options.get("flags", "") + "+ildct+ilme"
        options["x264-params"] = f"{clip.field_order}=1"
    stream = sink.add_stream(preset.codec, rate=clip.rate, options=options)
    assert isinstance(stream, VideoStream)
    context = stream.codec_context
    context.width, context.height, context.pix_fmt = head.width, head.height, pix_fmt
    context.time_base = stream.time_base = 1 / clip.rate
    context.sample_aspect_ratio = clip.sar
    context.thread_count = threads
    if preset.codec == "libx265":
        # The tag that QuickTime players look for.
        context.codec_tag = "hvc1"
    return stream


def _tags(colour: ColourSpec) -> dict[str, str]:
    """Encoder options for what is known of the colour."""
    named = {
        "color_range": colour.range,
        "colorspace": "rgb" if colour.matrix == "gbr" else colour.matrix,
        "color_primaries": colour.primaries,
        "color_trc": colour.transfer,
        "chroma_sample_location": colour.chroma_location,
    }
    return {option: name for option, name in named.items() if name not in UNTAGGED}


def _encode(
    sink: av.container.OutputContainer,
    stream: VideoStream,
    frames: Iterable[Frame],
    pix_fmt: str,
    preset: Preset,
    colour: ColourSpec,
) -> tuple[tuple[str, ...], int]:
    """Returns the MD5 of each frame as sent to the encoder (empty texts for lossy codecs), and the reordering."""
    hashes: list[str] = []
    muxed = reorder = 0
    for picture in chain((to_av(frame, pix_fmt) for frame in frames), (None,)):
        if picture is not None:
            # Summed first: passing through the summing encoder changes a picture's time.
            digest = picture_md5(picture) if preset.master else ""
            tag(picture, colour)
            picture.pts, picture.time_base = len(hashes), stream.codec_context.time_base
            hashes.append(digest)
        for packet in stream.encode(picture):
            assert packet.pts is not None
            if preset.codec == "libx265":
                # x265 4.2 leaves these uninitialised where fewer frames come than it delays (its issue 781).
                packet.dts = muxed - _X265_DELAY
            reorder = max(reorder, muxed - packet.pts)
            muxed += 1
            sink.mux(packet)
    return tuple(hashes), reorder


def _verified(path: Path, count: int) -> tuple[str, ...]:
    hashes = tuple(decoded_hashes(path))
    if len(hashes) != count:
        raise RenderError(f"{count} frames were encoded, but {len(hashes)} decode.")
    return hashes
