"""The sample layout of a delta: all planes of a picture in one grey picture, as whole numbers, whatever they were.

From the top: the planes of full size below each other, then those of subsampled chroma side by side, then rows that
hold the frame's own header, a byte in a sample. Integers keep their depth. Floats are taken by their bits, ordered as
their values are (negative numbers have all bits inverted, others the highest); 32-bit floats as two planes, the high
half first. So any layout fits into grey FFV1 of at most 16 bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.types import ColourSpec, Frame, PixelFormat, Plane, Rect

Codes = NDArray[Any]
"""Whole numbers of `bits_of` bits: uint8, uint16 or uint32."""

HEADER_BYTES = 2048
DELTA_COLOUR = ColourSpec(range="pc")


def bits_of(layout: PixelFormat) -> int:
    """Bits of a sample as a whole number: 8 to 16, or 32."""
    return layout.depth


def codes_of(plane: Plane) -> Codes:
    """A plane's samples as whole numbers in the order of their values; floats by their bits, without loss."""
    if plane.dtype.kind != "f":
        return plane
    bits = np.ascontiguousarray(plane).view(f"u{plane.dtype.itemsize}")
    top = bits.dtype.type(1 << (8 * bits.itemsize - 1))
    return np.where(bits & top, ~bits, bits | top)


def samples_of(codes: Codes, layout: PixelFormat) -> Plane:
    """Inverse of `codes_of` for a picture of `layout`."""
    if not layout.floating:
        return codes.astype(layout.dtype, copy=False)
    top = codes.dtype.type(1 << (8 * codes.itemsize - 1))
    return np.where(codes & top, codes & ~top, ~codes).view(layout.dtype)


@dataclass(frozen=True)
class Stack:
    """Where the planes of `width` x `height` pictures of `layout` lie in the grey picture."""

    layout: PixelFormat
    width: int
    height: int

    @property
    def grey(self) -> PixelFormat:
        return PixelFormat("gray", min(self.layout.depth, 16))

    @property
    def _halves(self) -> int:
        return 2 if self.layout.depth == 32 else 1

    def places(self) -> tuple[Rect, ...]:
        """Of each plane, in the picture's order; of 32-bit floats of each half plane."""
        full, small, y = [], [], 0
        sizes = [self.layout.plane_size(i, self.width, self.height) for i in range(self.layout.plane_count)]
        for width, height in sizes:
            if (width, height) == (self.width, self.height):
                for _ in range(self._halves):
                    full.append(Rect(0, y, width, height))
                    y += height
        x = 0
        for width, height in sizes:
            if (width, height) != (self.width, self.height):
                small.append(Rect(x, y, width, height))
                x += width
        if small:
            # Chroma lies between luma and alpha in a picture's order.
            return (full[0], *small, *full[1:])
        return tuple(full)

    @property
    def picture_rows(self) -> int:
        return max(place.bottom for place in self.places())

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the grey picture."""
        width = max(place.right for place in self.places())
        return width, self.picture_rows + -(-HEADER_BYTES // width)

    def joined(self, planes: Sequence[Codes], header: bytes) -> Frame:
        """The grey picture of whole numbers, which for 32 bits are parted; empty places hold 0."""
        if len(header) > HEADER_BYTES:
            raise ValueError(f"a header of {len(header)} bytes")
        width, height = self.size
        grey = np.zeros((height, width), dtype=self.grey.dtype)
        parts = [part for plane in planes for part in self._parted(plane)]
        for place, part in zip(self.places(), parts, strict=True):
            grey[place.y : place.bottom, place.x : place.right] = part
        told = np.zeros((height - self.picture_rows) * width, dtype=grey.dtype)
        told[: len(header)] = np.frombuffer(header, dtype=np.uint8)
        grey[self.picture_rows :] = told.reshape(-1, width)
        return Frame((grey,), self.grey, DELTA_COLOUR)

    def parted(self, frame: Frame) -> tuple[tuple[Codes, ...], bytes]:
        """Inverse of `joined`; the header comes with the zeros after it. Raises ValueError for another geometry."""
        if frame.format != self.grey or (frame.width, frame.height) != self.size:
            raise ValueError(f"a delta of {frame.width}x{frame.height} {frame.format.name} does not fit {self.size}")
        grey = frame.planes[0]
        parts = [grey[place.y : place.bottom, place.x : place.right] for place in self.places()]
        if self._halves == 2:
            wide = [part.astype(np.uint32) for part in parts]
            parts = [(high << np.uint32(16)) | low for high, low in zip(wide[::2], wide[1::2], strict=True)]
        return tuple(parts), grey[self.picture_rows :].astype(np.uint8).tobytes()[:HEADER_BYTES]

    def _parted(self, plane: Codes) -> tuple[Codes, ...]:
        if self._halves == 1:
            return (plane,)
        return (plane >> np.uint32(16)).astype(np.uint16), (plane & np.uint32(0xFFFF)).astype(np.uint16)
