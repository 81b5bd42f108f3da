"""Where uncompressed TIFF files (Revision 6.0, BigTIFF) keep their samples: strips or tiles, by pixel or by plane."""

from __future__ import annotations

import io
from itertools import product
from typing import Any

import tifffile

from engines.media.headers.block import Block, Recipe
from engines.media.headers.unknown import Unknown
from engines.media.still import Still
from engines.media.tiff import DAMAGED

_UNCOMPRESSED = 1
_SEPARATE = 2


def tiff_recipes(data: bytes, still: Still) -> tuple[Recipe, ...]:
    """Of the first page; others are no samples to us. Raises Unknown."""
    try:
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            return (_recipe(file.pages[0], file.byteorder, still),)
    except DAMAGED as error:
        raise Unknown("its directory cannot be followed") from error


def _recipe(page: Any, order: str, still: Still) -> Recipe:
    if page.compression != _UNCOMPRESSED:
        name = str(getattr(page.compression, "name", page.compression))
        raise Unknown(f"it is compressed ({name.replace('_', ' ').lower()})")
    if page.fillorder != 1 or page.predictor != 1 or page.samplesperpixel != len(still.planes):
        raise Unknown("its samples are stored in an odd way")
    width, height = still.size
    separate = page.planarconfig == _SEPARATE and len(still.planes) > 1
    wide, high = (page.tilewidth, page.tilelength) if page.is_tiled else (width, min(page.rowsperstrip, height))
    word = f"{order}{still.format.dtype.str[1:]}" if still.format.depth > 8 else "u1"
    groups = [(index,) for index in range(len(still.planes))] if separate else [tuple(range(len(still.planes)))]
    places = list(product(groups, range(0, height, high), range(0, width, wide)))
    if len(places) != len(page.dataoffsets):
        raise Unknown("it has another number of strips than its size asks for")
    blocks = []
    for offset, (planes, y, x) in zip(page.dataoffsets, places, strict=True):
        # Tiles are whole, the last strip ends with the picture.
        rows = high if page.is_tiled else min(high, height - y)
        blocks.append(Block(int(offset), x, y, int(wide), int(rows), planes, word))
    return tuple(sorted(blocks, key=lambda block: block.offset))
