"""Checks FFV1's slice checksums: FFmpeg's decoder fills damaged slices from the picture before and reports success."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

# FFV1's CRC-32 runs from the highest bit; zlib's, mirrored, over mirrored bytes is the same remainder.
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_ALL_ONES = 0xFFFFFFFF
# A slice ends with its size (3 bytes) and, where checksums are on, a status byte and the checksum (4 bytes).
_SIZE, _WITH_CRC = 3, 8


class SliceCheck:
    """Whether packets of one stream are whole. Streams without checksums (version 1, `slicecrc=0`) always pass."""

    def __init__(self, samples: Iterable[bytes]) -> None:
        """`samples`: some packets of the stream; one that is whole tells whether there are checksums."""
        # The header that says so is range-coded; the trailers say it as well.
        self._checked = any(_intact(packet) for packet in samples)

    def __call__(self, packet: bytes) -> bool:
        return not self._checked or _intact(packet)


def _intact(packet: bytes) -> bool:
    parts = slices(packet, _WITH_CRC)
    return parts is not None and all(_remainder(part) == 0 for part in parts)


def slices(packet: bytes, trailer: int) -> list[bytes] | None:
    """The slices of a packet, each with its trailer, last first; None where their sizes do not add up."""
    parts = []
    end = len(packet)
    while end > 0:
        size = int.from_bytes(packet[end - trailer : end - trailer + _SIZE], "big") if end >= trailer else end
        start = end - trailer - size
        if start < 0:
            return None
        parts.append(packet[start:end])
        end = start
    return parts


def _remainder(part: bytes) -> int:
    """0 for a slice that is followed by its own CRC-32 (polynomial 04C11DB7, no inversion)."""
    return zlib.crc32(part.translate(_MIRRORED), _ALL_ONES) ^ _ALL_ONES
