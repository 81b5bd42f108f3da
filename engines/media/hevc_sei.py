"""HDR metadata inside an HEVC stream, as supplemental messages before a keyframe's picture (ITU-T H.265, annex D)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from engines.errors import RenderError
from engines.media.hdr_metadata import HdrMetadata

_PREFIX_SEI, _FIRST_NOT_PICTURE = 39, 32
_MASTERING, _LIGHT = 137, 144
_LENGTH = 4


def sei(metadata: HdrMetadata) -> bytes:
    """A NAL unit with the mastering display (D.2.28) and the light level (D.2.35) as far as they are known."""
    payload = b""
    if metadata.mastering is not None:
        data = struct.pack(">8H2I", *metadata.mastering.codes())
        payload += bytes((_MASTERING, len(data))) + data
    if metadata.light is not None:
        limited = (min(value, 0xFFFF) for value in (metadata.light.max_cll, metadata.light.max_fall))
        data = struct.pack(">2H", *limited)
        payload += bytes((_LIGHT, len(data))) + data
    return bytes((_PREFIX_SEI << 1, 1)) + _escaped(payload + b"\x80")


def with_sei(packet: bytes, unit: bytes) -> bytes:
    """A packet of length-prefixed NAL units with `unit` before its first picture. Raises RenderError."""
    place = next((begin for begin, kind in _units(packet) if kind < _FIRST_NOT_PICTURE), None)
    if place is None:
        raise RenderError("A keyframe's packet holds no picture; the HDR metadata could not be written.")
    return packet[:place] + len(unit).to_bytes(_LENGTH, "big") + unit + packet[place:]


def _units(packet: bytes) -> Iterator[tuple[int, int]]:
    """Where each unit's length stands, and the unit's type."""
    place = 0
    while place + _LENGTH < len(packet):
        yield place, packet[place + _LENGTH] >> 1 & 0x3F
        place += _LENGTH + int.from_bytes(packet[place : place + _LENGTH], "big")


def _escaped(data: bytes) -> bytes:
    """Without what would look like the start of a unit (7.4.2, emulation prevention)."""
    out = bytearray()
    zeros = 0
    for byte in data:
        if zeros == 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(out)
