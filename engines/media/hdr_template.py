"""A stream that carries HDR metadata, to make others from: muxers write what their stream's parameters hold, and
parameters get it only from a file that is read.
"""

from __future__ import annotations

import io
import struct
from pathlib import Path

import av

from engines.media.ebml import COLOUR, CRC, SEGMENT, TRACK, TRACKS, VIDEO, elements, stored
from engines.media.hdr_metadata import HdrMetadata, MasteringDisplay

_WIDE = 8
_WAY = {SEGMENT, TRACKS, TRACK, VIDEO}
_MASTERING, _MAX_CLL, _MAX_FALL = b"\x55\xd0", b"\x55\xbc", b"\x55\xbd"
_FIRST_CHROMATICITY = 0x55D1
"""Red x; then red y, green, blue and white, brightest and darkest follow (Matroska, 5.1.4.1.28.30 and on)."""


def template(path: Path, metadata: HdrMetadata) -> io.BytesIO:
    """A Matroska file in memory: the first packet of `path` (one video stream), and `metadata` in its track.

    Raises FFmpeg's errors and OSError.
    """
    plain = io.BytesIO()
    with av.open(str(path)) as source, av.open(plain, "w", format="matroska") as sink:
        stream = source.streams.video[0]
        copy = sink.add_stream_from_template(stream, opaque=True)
        packet = next(p for p in source.demux(stream) if p.size)
        packet.stream = copy
        sink.mux(packet)
    return io.BytesIO(_with(plain.getvalue(), _stored_metadata(metadata)))


def _with(data: bytes, extra: bytes) -> bytes:
    """The file with `extra` in the colour of its track. Elements move: it has no index that could point amiss."""
    out = b""
    for element in elements(data):
        inner = data[element.begin :][: element.length]
        if element.name == CRC:
            continue
        if element.name in _WAY:
            inner = _with(inner, extra)
        if element.name == COLOUR:
            inner += extra
        out += stored(element.name, inner, _WIDE)
    return out


def _stored_metadata(metadata: HdrMetadata) -> bytes:
    out = b""
    if metadata.mastering is not None:
        out += stored(_MASTERING, _stored_mastering(metadata.mastering), _WIDE)
    if metadata.light is not None:
        out += stored(_MAX_CLL, struct.pack(">I", metadata.light.max_cll), 1)
        out += stored(_MAX_FALL, struct.pack(">I", metadata.light.max_fall), 1)
    return out


def _stored_mastering(display: MasteringDisplay) -> bytes:
    points = [value for point in (*display.primaries, display.white) for value in point]
    values = (*points, display.brightest, display.darkest)
    names = ((_FIRST_CHROMATICITY + place).to_bytes(2, "big") for place in range(len(values)))
    return b"".join(stored(name, struct.pack(">d", value), 1) for name, value in zip(names, values, strict=True))
