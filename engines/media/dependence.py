"""Which packets no other picture is predicted from, told from their first bytes."""

from __future__ import annotations

from collections.abc import Iterator

_START = b"\x00\x00\x01"
_MPEG_PICTURE, _MPEG_B = 0x00, 3


def is_disposable(codec: str, packet: bytes) -> bool:
    """Whether damage to this packet stays in its own picture. False where in doubt or unknown codec."""
    if codec in ("mpeg1video", "mpeg2video"):
        at = packet.find(_START + bytes([_MPEG_PICTURE]))
        return 0 <= at < len(packet) - 5 and packet[at + 5] >> 3 & 7 == _MPEG_B
    if codec == "h264":
        slices = [head for head in _nal_heads(packet) if head & 31 in (1, 2, 5)]
        return bool(slices) and all(head >> 5 & 3 == 0 for head in slices)
    if codec == "hevc":
        kinds = [kind for kind in (head >> 1 & 63 for head in _nal_heads(packet)) if kind < 32]
        # Even types below 16 are pictures that none of their temporal layer refers to; higher layers may.
        return bool(kinds) and all(kind in (8, 6) for kind in kinds)
    return False


def _nal_heads(packet: bytes) -> Iterator[int]:
    """First byte of every NAL unit, behind start codes or behind four-byte lengths."""
    if packet.startswith((_START, b"\x00" + _START)):
        at = packet.find(_START)
        while 0 <= at < len(packet) - 3:
            yield packet[at + 3]
            at = packet.find(_START, at + 3)
        return
    at = 0
    while at + 4 < len(packet):
        yield packet[at + 4]
        at += 4 + int.from_bytes(packet[at : at + 4], "big")
