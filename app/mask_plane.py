"""A painted mask of one frame as an immutable value: compressed 256 x 256 tiles, shared between versions."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from engines.types import Rect

TILE = 256
Coverage = NDArray[np.uint8]
"""H x W; 0 = untouched, 255 = fully painted, between = soft edge."""


@dataclass(frozen=True)
class MaskPlane:
    """Coverage at source size. Only tiles that hold paint are stored, by (row, column) of the tile grid."""

    width: int
    height: int
    tiles: Mapping[tuple[int, int], bytes] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, coverage: Coverage) -> MaskPlane:
        """Compress an H x W uint8 picture."""
        height, width = coverage.shape
        return cls(width, height).replaced(coverage, Rect(0, 0, width, height))

    @property
    def empty(self) -> bool:
        return not self.tiles

    @cached_property
    def key(self) -> str:
        """SHA-256 of what is painted; empty where nothing is."""
        if self.empty:
            return ""
        digest = hashlib.sha256(f"{self.width}x{self.height}".encode())
        for place in sorted(self.tiles):
            digest.update(f"{place}".encode() + self.tiles[place])
        return digest.hexdigest()

    @cached_property
    def bounds(self) -> Rect | None:
        """The tiles that hold paint, as one rectangle; None where nothing is painted."""
        if self.empty:
            return None
        tiles = [self._tile(row, column) for row, column in self.tiles]
        x, y = min(tile.x for tile in tiles), min(tile.y for tile in tiles)
        return Rect(x, y, max(tile.right for tile in tiles) - x, max(tile.bottom for tile in tiles) - y)

    def coverage(self, region: Rect | None = None) -> Coverage:
        """H x W uint8 of `region` (default: all)."""
        region = region or Rect(0, 0, self.width, self.height)
        out = np.zeros((region.height, region.width), np.uint8)
        for row, column in self._grid(region):
            packed = self.tiles.get((row, column))
            if packed is None:
                continue
            tile = self._tile(row, column)
            x, y = max(tile.x, region.x), max(tile.y, region.y)
            right, bottom = min(tile.right, region.right), min(tile.bottom, region.bottom)
            pixels = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(tile.height, tile.width)
            cut = pixels[y - tile.y : bottom - tile.y, x - tile.x : right - tile.x]
            out[y - region.y : bottom - region.y, x - region.x : right - region.x] = cut
        return out

    def replaced(self, coverage: Coverage, region: Rect) -> MaskPlane:
        """The same with `region` (whose size `coverage` has) replaced; all other tiles are shared."""
        tiles = dict(self.tiles)
        for row, column in self._grid(region):
            tile = self._tile(row, column)
            x, y = max(tile.x, region.x), max(tile.y, region.y)
            right, bottom = min(tile.right, region.right), min(tile.bottom, region.bottom)
            pixels = self.coverage(tile)
            cut = coverage[y - region.y : bottom - region.y, x - region.x : right - region.x]
            pixels[y - tile.y : bottom - tile.y, x - tile.x : right - tile.x] = cut
            if pixels.any():
                tiles[row, column] = zlib.compress(pixels.tobytes(), 1)
            else:
                tiles.pop((row, column), None)
        return MaskPlane(self.width, self.height, MappingProxyType(tiles))

    def _grid(self, region: Rect) -> list[tuple[int, int]]:
        rows = range(region.y // TILE, -(-region.bottom // TILE))
        columns = range(region.x // TILE, -(-region.right // TILE))
        return [(row, column) for row in rows for column in columns]

    def _tile(self, row: int, column: int) -> Rect:
        x, y = column * TILE, row * TILE
        return Rect(x, y, min(TILE, self.width - x), min(TILE, self.height - y))
