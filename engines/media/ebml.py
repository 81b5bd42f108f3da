"""EBML, of which Matroska files are made: elements out of bytes and back (RFC 8794)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

CRC = b"\xbf"
VOID = b"\xec"
SEGMENT, TRACKS, TRACK, VIDEO, NAME = b"\x18\x53\x80\x67", b"\x16\x54\xae\x6b", b"\xae", b"\xe0", b"\x53\x6e"
COLOUR = b"\x55\xb0"


@dataclass(frozen=True)
class Element:
    """Identifier, where its data begins, the data's length, and how many bytes say that length."""

    name: bytes
    begin: int
    length: int
    width: int


def elements(data: bytes, place: int = 0) -> Iterator[Element]:
    """Elements of `data` from `place` on; one of unknown length goes to the end."""
    while place < len(data):
        size_place = place + 9 - data[place].bit_length()
        if size_place >= len(data):
            return
        width = 9 - data[size_place].bit_length()
        begin = size_place + width
        length = int.from_bytes(data[size_place:begin], "big") & ((1 << 7 * width) - 1)
        if length == (1 << 7 * width) - 1:
            length = len(data) - begin
        yield Element(data[place:size_place], begin, length, width)
        place = begin + length


def stored(name: bytes, data: bytes, width: int) -> bytes:
    """An element whose length is said in `width` bytes."""
    return name + (len(data) | 1 << 7 * width).to_bytes(width, "big") + data
