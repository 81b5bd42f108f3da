"""Where samples lie in a still's file, and how they are put there: enough to write them again byte for byte."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.types import Plane

WORDS = ("u1", "<u2", ">u2", "<u4", ">u4", "<f2", ">f2", "<f4", ">f4")
_LARGEST = 2**20
"""Pixels a side, and planes' samples of a row, that anybody scans."""

_MOST_BEYOND, _TILE = 2, 2**22
"""Samples of tiles that reach beyond the picture: this many times its own, and one large tile."""


@dataclass(frozen=True)
class Block:
    """A rectangle of the picture that lies in one run of bytes, samples of a pixel side by side, rows from the top.

    offset: of its first byte. x, y, width, height: in pixels; what reaches beyond the picture is zero. planes: which,
    in the order of their samples. word: numpy's name of what samples are stored in. shift: how far to the left a
    sample is moved in its word. thirds: where three 10-bit samples begin in a 32-bit word, empty for other packings.
    twelve: 12-bit samples without gaps, from the low bits of 32-bit words on. align: rows begin at multiples of this
    many bytes (counted from the first); 0: they run on, in the middle of a word if need be.
    """

    offset: int
    x: int
    y: int
    width: int
    height: int
    planes: tuple[int, ...]
    word: str
    shift: int = 0
    thirds: tuple[int, ...] = ()
    twelve: bool = False
    align: int = 1

    def __post_init__(self) -> None:
        numbers = (self.offset, self.x, self.y, self.width, self.height, self.shift, self.align, *self.planes)
        if any(type(n) is not int or n < 0 for n in (*numbers, *self.thirds)):
            raise ValueError("a number is not a whole number from 0")
        if not (0 < self.width <= _LARGEST and 0 < self.height <= _LARGEST and 0 < len(self.planes) <= 4):
            raise ValueError("the size is out of bounds")
        packed = bool(self.thirds) or self.twelve
        if self.word not in WORDS or (packed and self.word[1:] != "u4") or len(self.thirds) not in (0, 3):
            raise ValueError("the packing is not known")
        if self.align not in (0, 1, 2, 4, 8) or self.shift > 15 or any(shift > 22 for shift in self.thirds):
            raise ValueError("the packing is not known")

    @property
    def length(self) -> int:
        """In bytes."""
        row = self.width * len(self.planes)
        if self.align == 0:
            return self._bytes_of(row * self.height)
        return self._row_bytes * self.height

    @property
    def _row_bytes(self) -> int:
        return -(-self._bytes_of(self.width * len(self.planes)) // self.align) * self.align

    def _bytes_of(self, samples: int) -> int:
        if self.thirds:
            return -(-samples // 3) * 4
        if self.twelve:
            return -(-samples * 12 // 32) * 4
        return samples * np.dtype(self.word).itemsize

    def packed(self, planes: Sequence[Plane]) -> bytes:
        """Its bytes, from native planes of the whole picture. Raises IndexError where there is no such plane."""
        cut = [_cut(planes[index], self) for index in self.planes]
        rows = np.stack(cut, axis=-1).reshape(self.height, -1)
        if self.align == 0:
            rows = rows.reshape(1, -1)
        data = self._rows(rows)
        wide = -data.shape[1] % max(self.align, 1)
        return (np.pad(data, ((0, 0), (0, wide))) if wide else data).tobytes()

    def _rows(self, samples: NDArray[Any]) -> NDArray[np.uint8]:
        if self.thirds:
            padded = np.pad(samples, ((0, 0), (0, -samples.shape[1] % 3))).astype(np.uint32)
            words = sum(
                (padded[:, place::3] << np.uint32(shift) for place, shift in enumerate(self.thirds)), np.uint32()
            )
            stored = np.asarray(words).astype(self.word)
        elif self.twelve:
            stored = _twelve(samples).astype(self.word)
        else:
            stored = (samples << self.shift if self.shift else samples).astype(self.word)
        return np.ascontiguousarray(stored).view(np.uint8).reshape(len(samples), -1)


def _cut(plane: Plane, block: Block) -> Plane:
    part = plane[block.y : block.y + block.height, block.x : block.x + block.width]
    missing = (block.height - part.shape[0], block.width - part.shape[1])
    return np.pad(part, ((0, missing[0]), (0, missing[1]))) if any(missing) else part


def _twelve(samples: NDArray[Any]) -> NDArray[np.uint32]:
    """Eight samples in three words, the first in the lowest bits."""
    padded = np.pad(samples, ((0, 0), (0, samples.shape[1] % 2))).astype(np.uint16)
    low, high = padded[:, 0::2], padded[:, 1::2]
    triples = np.stack([low & 0xFF, low >> 8 | (high & 0xF) << 4, high >> 4], axis=-1)
    data = triples.astype(np.uint8).reshape(len(samples), -1)
    needed = -(-samples.shape[1] * 12 // 32) * 4
    data = np.pad(data, ((0, 0), (0, max(needed - data.shape[1], 0))))[:, :needed]
    return np.asarray(np.ascontiguousarray(data).view("<u4"), np.uint32)


Recipe = tuple[Block, ...]
"""All samples of a file, by ascending offsets; what lies between is no sample."""


def check_recipe(recipe: Recipe) -> None:
    """Raises ValueError where two blocks overlap or stand in the wrong order."""
    end = 0
    for block in recipe:
        if block.offset < end:
            raise ValueError("blocks overlap")
        end = block.offset + block.length


def check_picture(recipe: Recipe, planes: Sequence[Plane]) -> None:
    """Raises ValueError where a block begins outside the picture, or all hold far more samples than it has."""
    height, width = planes[0].shape
    if any(block.x >= width or block.y >= height for block in recipe):
        raise ValueError("a block lies outside the picture")
    asked = sum(block.width * block.height * len(block.planes) for block in recipe)
    if asked > _MOST_BEYOND * sum(plane.size for plane in planes) + _TILE:
        raise ValueError("there are more samples than the picture has")


def recipe_to_json(recipe: Recipe) -> list[dict[str, Any]]:
    """Without what is as usual."""
    usual = {f.name: f.default for f in fields(Block)}
    return [{key: value for key, value in asdict(block).items() if value != usual[key]} for block in recipe]


def recipe_from_json(held: object) -> Recipe:
    """Raises ValueError where it is no recipe."""
    if not isinstance(held, list):
        raise ValueError("a recipe is no list")
    return tuple(_block(one) for one in held)


def _block(held: object) -> Block:
    if not isinstance(held, Mapping):
        raise ValueError("a block is no mapping")
    values = dict(held)
    for name in ("planes", "thirds"):
        found = values.get(name, [])
        if not isinstance(found, list | tuple):
            raise ValueError(f"{name} is no list")
        values[name] = tuple(found)
    try:
        block = Block(**values)
    except TypeError as error:
        raise ValueError(str(error)) from error
    if type(block.twelve) is not bool:
        raise ValueError("twelve is neither true nor false")
    return block


def split_file(data: bytes, recipe: Recipe) -> tuple[bytes, bytes]:
    """The bytes of a file that are not samples, and those that are. Raises ValueError where it is too short."""
    rest, samples, end = [], [], 0
    for block in recipe:
        rest.append(data[end : block.offset])
        end = block.offset + block.length
        samples.append(data[block.offset : end])
    if end > len(data):
        raise ValueError("samples reach beyond the file")
    return b"".join([*rest, data[end:]]), b"".join(samples)


def joined_file(rest: bytes, samples: bytes, recipe: Recipe) -> bytes:
    """The file again. Raises ValueError where the parts do not fit together."""
    parts, at, used = [], 0, 0
    end = 0
    for block in recipe:
        gap = block.offset - end
        parts += [rest[at : at + gap], samples[used : used + block.length]]
        at, used, end = at + gap, used + block.length, block.offset + block.length
    if at > len(rest) or used != len(samples):
        raise ValueError("the parts do not fit together")
    return b"".join([*parts, rest[at:]])
