"""One still as its reader gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from engines.types import ColourSpec, PixelFormat, Plane, Rate


@dataclass(frozen=True, eq=False)
class Still:
    """Native planes (as in `Frame`) and what the file says of itself."""

    planes: tuple[Plane, ...]
    format: PixelFormat
    native_format: str
    """FFmpeg's name of the layout in the file."""
    colour: ColourSpec
    facts: Mapping[str, str] = field(default_factory=dict)
    rate: Rate | None = None
    timecode: str | None = None
    sar: Fraction = Fraction(1)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)"""
        height, width = self.planes[0].shape
        return int(width), int(height)
