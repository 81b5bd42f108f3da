"""PNG stills that carry over the source's ancillary chunks: profiles, gamma, colour code points, texts."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from av.video.codeccontext import VideoCodecContext

from engines.errors import MediaError
from engines.media.colour_tags import NOTHING_NEW, numbers
from engines.media.planes import to_av
from engines.types import ColourSpec, Frame

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CRITICAL = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
# Meaningless once the samples' layout, or the palette, is another; animation would speak of frames that are gone.
_LAYOUT_BOUND = {b"tRNS", b"bKGD", b"sBIT", b"hIST", b"acTL", b"fcTL", b"fdAT"}
_AFTER_IDAT = {b"tIME", b"tEXt", b"zTXt", b"iTXt", b"eXIf"}

Chunk = tuple[bytes, bytes]


_COLOUR = {b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"mDCV", b"cLLI"}


def write_png(path: Path, frame: Frame, pix_fmt: str, like: Path | None, retold: ColourSpec = NOTHING_NEW) -> None:
    """Write a frame of 8 or 16 bits; where `like` is a PNG its ancillary chunks go along. Raises MediaError.

    retold: primaries and transfer that are others than `like`'s; the frame's own are then written in place of what it
    says of colour (PNG third edition, cICP), as far as ITU-T H.273 has numbers for them.
    """
    encoder = VideoCodecContext.create("png", "w")
    encoder.width, encoder.height, encoder.pix_fmt = frame.width, frame.height, pix_fmt
    encoder.time_base = Fraction(1, 25)
    # Half the time of the default level, for less than one per cent more bytes.
    encoder.options = {"pred": "mixed", "compression_level": "3"}
    data = b"".join(bytes(packet) for packet in (*encoder.encode(to_av(frame, pix_fmt)), *encoder.encode(None)))
    chunks = [chunk for chunk in _chunks(data) if chunk[0] in _CRITICAL]
    kept = _ancillary(like, chunks[0][1][8:10]) if like is not None else []
    if (retold.primaries, retold.transfer) != ("unknown", "unknown"):
        kept = [*_code_points(frame.colour), *(chunk for chunk in kept if chunk[0] not in _COLOUR)]
    before = [chunk for chunk in kept if chunk[0] not in _AFTER_IDAT]
    after = [chunk for chunk in kept if chunk[0] in _AFTER_IDAT]
    ordered = (chunks[0], *before, *chunks[1:-1], *after, chunks[-1])
    path.write_bytes(_SIGNATURE + b"".join(_stored(*chunk) for chunk in ordered))


def _code_points(colour: ColourSpec) -> list[Chunk]:
    primaries, transfer = numbers(colour)
    if primaries is None or transfer is None:
        return []
    return [(b"cICP", bytes((primaries, transfer, 0, colour.range != "tv")))]


def _ancillary(like: Path, layout: bytes) -> list[Chunk]:
    """`layout` is bit depth and colour type, two bytes as in IHDR."""
    try:
        data = like.read_bytes()
    except OSError as error:
        raise MediaError(f"{like.name} cannot be read.", str(error)) from error
    chunks = list(_chunks(data))
    dropped = _CRITICAL | (_LAYOUT_BOUND if not chunks or chunks[0][1][8:10] != layout else {b"acTL", b"fcTL", b"fdAT"})
    return [chunk for chunk in chunks if chunk[0] not in dropped]


def _chunks(data: bytes) -> Iterator[Chunk]:
    """Stops at the end, or where the file is cut short."""
    place = len(_SIGNATURE)
    while place + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        yield kind, data[place + 8 : place + 8 + length]
        place += 12 + length


def _stored(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
