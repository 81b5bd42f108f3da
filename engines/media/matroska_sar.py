"""The sample aspect ratio of a Matroska file, written after the fact: PyAV cannot give it to the muxer.

The muxer is handed a track name with `SLACK` more characters than wanted; afterwards their bytes are turned into the
display size that carries the ratio, and the rest into void. No byte of the file moves.
"""

from __future__ import annotations

import struct
import zlib
from fractions import Fraction
from pathlib import Path

from engines.errors import RenderError
from engines.media.ebml import CRC, NAME, SEGMENT, TRACK, TRACKS, VIDEO, VOID, Element, elements, stored

SLACK = " " * 40
_HEAD = 4 * 2**20
_DISPLAY = (b"\x54\xb0", b"\x54\xba", b"\x54\xb2")
_PIXELS, _RATIO = 0, 3


def write_sar(path: Path, title: str, size: tuple[int, int], sar: Fraction) -> None:
    """Give the first track, of pictures of `size` (width, height) and named `title + SLACK`, its aspect ratio.

    Raises RenderError where the file is not as our muxer leaves it.
    """
    with path.open("r+b") as file:
        head = file.read(_HEAD)
        tracks = _tracks(head)
        changed = _with_sar(head[tracks.begin :][: tracks.length], title, size, sar) if tracks is not None else b""
        if tracks is None or len(changed) != tracks.length:
            raise RenderError(f"The aspect ratio could not be written into {path.name}.")
        file.seek(tracks.begin)
        file.write(changed)


def _tracks(head: bytes) -> Element | None:
    segment = next((e for e in elements(head) if e.name == SEGMENT), None)
    if segment is None:
        return None
    found = next((e for e in elements(head, segment.begin) if e.name == TRACKS), None)
    return found if found is not None and found.begin + found.length <= len(head) else None


def _with_sar(tracks: bytes, title: str, size: tuple[int, int], sar: Fraction) -> bytes:
    """The data of Tracks; its checksum, where it has one the first element, is made anew."""
    out = b""
    checked = False
    for element in elements(tracks):
        data = tracks[element.begin :][: element.length]
        if element.name == CRC:
            checked = True
            continue
        if element.name == TRACK and SLACK.encode() in data:
            data = _entry(data, title, size, sar)
        out += stored(element.name, data, element.width)
    return (stored(CRC, struct.pack("<I", zlib.crc32(out)), 1) if checked else b"") + out


def _entry(data: bytes, title: str, size: tuple[int, int], sar: Fraction) -> bytes:
    """A track's data with another name and a display size, filled up to the same length."""
    out = b""
    for element in elements(data):
        inner = data[element.begin :][: element.length]
        if element.name == VIDEO:
            inner = _video(inner, size, sar)
        elif element.name == NAME:
            inner = title.encode()
        if inner or element.name != NAME:
            out += stored(element.name, inner, element.width)
    return out + stored(VOID, bytes(max(0, len(data) - len(out) - 2)), 1)


def _video(data: bytes, size: tuple[int, int], sar: Fraction) -> bytes:
    kept = [e for e in elements(data) if e.name not in _DISPLAY]
    parts = [stored(e.name, data[e.begin :][: e.length], e.width) for e in kept]
    numbers = zip(_DISPLAY, _display(size, sar), strict=True)
    return b"".join((*parts, *(stored(name, struct.pack(">I", number), 1) for name, number in numbers)))


def _display(size: tuple[int, int], sar: Fraction) -> tuple[int, int, int]:
    """Display width, height and unit: pixels where they come out whole, else the bare ratio."""
    width, height = size[0] * sar, size[1] / sar
    if width.denominator == 1:
        return int(width), size[1], _PIXELS
    if height.denominator == 1:
        return size[0], int(height), _PIXELS
    ratio = width / size[1]
    return ratio.numerator, ratio.denominator, _RATIO
