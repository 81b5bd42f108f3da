"""Where uncompressed OpenEXR files keep their samples: single parts of scan lines, line by line and channel by channel.

After "OpenEXR File Layout" (openexr.com).
"""

from __future__ import annotations

import struct

from engines.media.headers.block import Block, Recipe
from engines.media.headers.unknown import Unknown
from engines.media.still import Still

_MAGIC = b"\x76\x2f\x31\x01"
_LONG_NAMES, _TILED = 0x400, 0x200
_TYPES = {0: ("<u4", 4), 1: ("<f2", 2), 2: ("<f4", 4)}
_NAMES = {("gray", False): "Y", ("gray", True): "YA", ("rgb", False): "RGB", ("rgb", True): "RGBA"}
_UNCOMPRESSED = 0
_COMPRESSIONS = ("none", "rle", "zips", "zip", "piz", "pxr24", "b44", "b44a", "dwaa", "dwab")


def exr_recipes(data: bytes, still: Still) -> tuple[Recipe, ...]:
    """Raises Unknown."""
    try:
        return (_recipe(data, still),)
    except (struct.error, ValueError, LookupError, OverflowError) as error:
        raise Unknown("its header is damaged") from error


def _recipe(data: bytes, still: Still) -> Recipe:
    version = struct.unpack_from("<I", data, 4)[0]
    if data[:4] != _MAGIC or version & 0xFF != 2:
        raise Unknown("its header is damaged")
    if version & _TILED or version & ~0xFF & ~_LONG_NAMES:
        raise Unknown("it is tiled, deep or of several parts")
    attributes, table = _attributes(data)
    compression = attributes["compression"][0]
    if compression != _UNCOMPRESSED:
        raise Unknown(f"it is compressed ({_COMPRESSIONS[compression]})")
    left, top, right, bottom = struct.unpack("<4i", attributes["dataWindow"])
    width, height = still.size
    if (right - left + 1, bottom - top + 1) != (width, height):
        raise Unknown("its data window is not its picture's")
    channels = _channels(attributes["channels"])
    names = _NAMES[still.format.family, still.format.alpha]
    blocks = []
    for line in range(height):
        (chunk,) = struct.unpack_from("<Q", data, table + 8 * line)
        y, offset = struct.unpack_from("<i", data, chunk)[0] - top, chunk + 8
        for name, kind in channels:
            word, size = _TYPES[kind]
            if name in names:
                blocks.append(Block(offset, 0, y, width, 1, (names.index(name),), word))
            offset += size * width
    return tuple(sorted(blocks, key=lambda block: block.offset))


def _attributes(data: bytes) -> tuple[dict[str, bytes], int]:
    """Values by name, and where the table of lines begins."""
    found, at = {}, 8
    while data[at] != 0:
        name, at = _text(data, at)
        _, at = _text(data, at)
        (size,) = struct.unpack_from("<I", data, at)
        found[name] = data[at + 4 : at + 4 + size]
        at += 4 + size
    return found, at + 1


def _channels(data: bytes) -> list[tuple[str, int]]:
    """Name and type of each, in the order in which a line holds them."""
    found, at = [], 0
    while data[at] != 0:
        name, at = _text(data, at)
        kind, _, step_x, step_y = struct.unpack_from("<iIii", data, at)
        if (step_x, step_y) != (1, 1):
            raise Unknown("its channels are subsampled")
        found.append((name, kind))
        at += 16
    return found


def _text(data: bytes, at: int) -> tuple[str, int]:
    """A text that ends with a zero, and where the next thing begins."""
    end = data.index(b"\0", at)
    return data[at:end].decode("latin-1"), end + 1
