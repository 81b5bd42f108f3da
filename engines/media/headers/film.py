"""Where DPX (SMPTE 268M) and Cineon files keep their samples."""

from __future__ import annotations

import struct

from engines.media.headers.block import Block, Recipe
from engines.media.headers.unknown import Unknown
from engines.media.still import Still

_ORDERS = {b"SDPX": ">", b"XPDS": "<"}
_CINEON = {b"\x80\x2a\x5f\xd7": ">", b"\xd7\x5f\x2a\x80": "<"}
_COMPONENTS = {50: (0, 1, 2), 51: (0, 1, 2, 3), 52: (3, 2, 1, 0)}
_GREYS = (1, 2, 3, 4, 6)
_FROM_HIGH, _FROM_LOW = (22, 12, 2), (2, 12, 22)
# Kodak's writers justify to the left, others to the right.
_LEFT, _RIGHT = (22, 12, 2), (20, 10, 0)


def dpx_recipes(data: bytes, still: Still) -> tuple[Recipe, ...]:
    """Raises Unknown. Rows begin on 32-bit words, as the standard wants, or where the row before ended."""
    order = _ORDERS.get(data[:4])
    if order is None or len(data) < 2048:
        raise Unknown("its header is cut short")
    (offset,) = struct.unpack_from(order + "I", data, 4)
    descriptor, bits = data[800], data[803]
    packing, encoding = struct.unpack_from(order + "HH", data, 804)
    planes = (0,) if descriptor in _GREYS else _COMPONENTS.get(descriptor)
    if planes is None or len(planes) != len(still.planes):
        raise Unknown("its components are of a kind that is not taken apart")
    if encoding:
        raise Unknown("it is compressed")
    width, height = still.size
    found = []
    for align in (4, 0) if bits in (10, 12) else (4, 1):
        for word, shift, thirds, twelve in _packings(bits, packing, order, len(planes) == 1):
            found.append((Block(offset, 0, 0, width, height, planes, word, shift, thirds, twelve, align),))
    if not found:
        raise Unknown(f"{bits} bits in this packing are not taken apart")
    return tuple(dict.fromkeys(found))


def _packings(bits: int, packing: int, order: str, grey: bool) -> list[tuple[str, int, tuple[int, ...], bool]]:
    """(word, shift, thirds, twelve)"""
    words = f"{order}u4"
    match bits:
        case 8:
            return [("u1", 0, (), False)]
        case 10:
            places = (_FROM_LOW, _FROM_HIGH) if grey else (_FROM_HIGH, _RIGHT)
            return [(words, 0, thirds, False) for thirds in places]
        case 12 if packing == 0:
            return [(words, 0, (), True), (f"{order}u2", 4, (), False)]
        case 12:
            return [(f"{order}u2", shift, (), False) for shift in ((4, 0) if packing == 1 else (0, 4))]
        case 16:
            return [(f"{order}u2", 0, (), False)]
        case 32:
            return [(f"{order}f4", 0, (), False)]
    return []


def cineon_recipes(data: bytes, still: Still) -> tuple[Recipe, ...]:
    """Raises Unknown."""
    order = _CINEON.get(data[:4])
    if order is None or len(data) < 1024:
        raise Unknown("its header is cut short")
    (offset,) = struct.unpack_from(order + "I", data, 4)
    width, height = still.size
    return tuple(
        (Block(offset, 0, 0, width, height, (0, 1, 2), f"{order}u4", 0, thirds, False, 4),)
        for thirds in (_LEFT, _RIGHT)
    )
