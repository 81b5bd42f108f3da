"""Makes small clips whose every frame is different, for the tests of reading."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from engines.media.planes import format_of, from_av, to_av
from engines.types import ColourSpec, Frame, PixelFormat

WIDTH, HEIGHT = 64, 48


def picture(number: int, layout: PixelFormat, width: int = WIDTH, height: int = HEIGHT) -> Frame:
    """Noise that moves one sample a frame, brightness by number."""
    rng = np.random.default_rng(5)
    planes = []
    for index in range(layout.plane_count):
        w, h = layout.plane_size(index, width, height)
        noise = rng.random((h, w))
        moved = np.roll(noise, number, axis=1) * 0.5 + (number % 40) / 80
        planes.append((moved * layout.peak).astype(layout.dtype))
    return Frame(tuple(planes), layout, ColourSpec())


def write_clip(
    path: Path,
    codec: str = "libx264",
    native: str = "yuv420p",
    count: int = 48,
    *,
    options: dict[str, str] | None = None,
    layout: PixelFormat | None = None,
    times: Sequence[int] | None = None,
    time_base: Fraction | None = None,
    spoil: Callable[[int, bytearray], bytearray] | None = None,
    field_order: int = 0,
) -> Path:
    """Encode `count` pictures. `spoil` may change the bytes of the packet of each position in the file."""
    layout = layout or PixelFormat("yuv", 8, 2, 2)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=Fraction(25), options=options or {})
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, native
        stream.codec_context.thread_count = 1
        if time_base:
            stream.codec_context.time_base = time_base
        if field_order:
            stream.codec_context.field_order = field_order
        position = 0
        frames = [to_av(picture(number, layout), native) for number in range(count)]
        for number, frame in enumerate([*frames, None]):
            if frame is not None:
                frame.pts = times[number] if times else number
                frame.time_base = time_base or Fraction(1, 25)
            for packet in stream.encode(frame):
                container.mux(_respelt(packet, spoil(position, bytearray(bytes(packet)))) if spoil else packet)
                position += 1
    return path


def _respelt(packet: av.Packet[Any], data: bytearray) -> av.Packet[Any]:
    other: av.Packet[Any] = av.Packet(bytes(data))
    other.pts, other.dts, other.time_base = packet.pts, packet.dts, packet.time_base
    other.duration, other.is_keyframe, other.stream = packet.duration, packet.is_keyframe, packet.stream
    return other


def digest(frame: Frame) -> str:
    return hashlib.sha256(b"".join(plane.tobytes() for plane in frame.planes)).hexdigest()


def sequential(path: Path) -> list[Frame]:
    """What plain decoding from the start gives, without any of our code but the plane copy."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        return [Frame(from_av(p), format_of(p.format.name), ColourSpec()) for p in container.decode(stream)]


def scrambled(position: int) -> Callable[[int, bytearray], bytearray]:
    """Overwrites the middle of one packet with noise of the same length."""

    def spoil(at: int, data: bytearray) -> bytearray:
        if at == position:
            middle = len(data) // 2
            length = min(60, len(data) - middle - 12)
            data[middle : middle + length] = np.random.default_rng(9).bytes(length)
        return data

    return spoil


def shortened(position: int) -> Callable[[int, bytearray], bytearray]:
    """Cuts one packet to a third."""
    return lambda at, data: data[: len(data) // 3] if at == position else data
