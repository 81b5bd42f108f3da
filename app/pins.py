"""Places in the picture whose colours are compared, and what was read there. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from engines.colour.readout import Reading, apart
from engines.types import FrameNo


@dataclass(frozen=True)
class Pin:
    """A source pixel of a frame of a clip."""

    clip_id: str
    frame: FrameNo
    x: int
    y: int


@dataclass(frozen=True)
class Pinned:
    """Colours at a pin. names: of the source's components. restored is None until it is computed."""

    pin: Pin
    names: tuple[str, ...]
    source: Reading
    restored: Reading | None = None

    @property
    def change(self) -> float | None:
        """CIEDE2000 between source and restored."""
        return None if self.restored is None else apart(self.source, self.restored)


@dataclass(frozen=True)
class FramesApart:
    """Mean CIEDE2000 between the frames of two pins, of their sources and restored; None until it is known."""

    pins: tuple[Pin, Pin]
    source: float | None = None
    restored: float | None = None


@dataclass(frozen=True)
class FrameChange:
    """CIEDE2000 between a restored frame and its source, mean and largest of all pixels; None until it is known."""

    clip_id: str
    frame: FrameNo
    mean: float | None = None
    largest: float | None = None
