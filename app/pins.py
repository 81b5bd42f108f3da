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
    """Colours at a pin. names: of the source's components. restored is None until it is computed; change: CIEDE2000
    between the two.
    """

    pin: Pin
    names: tuple[str, ...]
    source: Reading
    restored: Reading | None = None
    change: float | None = None


def pinned_of(pin: Pin, names: tuple[str, ...], source: Reading, restored: Reading | None) -> Pinned:
    """With the difference of the two."""
    return Pinned(pin, names, source, restored, None if restored is None else apart(source, restored))


@dataclass(frozen=True)
class PinsApart:
    """CIEDE2000 between the colours of two pins, of their sources and restored; None until that is known."""

    source: float
    restored: float | None = None

    @classmethod
    def of(cls, first: Pinned, second: Pinned) -> PinsApart:
        before = apart(first.source, second.source)
        if first.restored is None or second.restored is None:
            return cls(before)
        return cls(before, apart(first.restored, second.restored))


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
