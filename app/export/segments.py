"""How a render is cut into segments: fixed frame grid, content-addressed, so that unchanged work is never repeated."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from engines.graph import Graph
from engines.media.presets import Preset
from engines.types import FrameNo, PixelFormat

# Short segments lose little in a crash; long-GOP codecs need length to compress.
_INTRA_FRAMES = 24
_LARGE_FRAMES = 8
LONG_GOP_FRAMES = 48
_LARGE_PIXELS = 4_000_000
# Raised whenever segments of the same key would be written differently: older ones are then left aside.
_VERSION = 5


@dataclass(frozen=True)
class PlannedSegment:
    """Frames `first`..`last`, both included; `key` identifies their content whenever and wherever it is rendered."""

    first: FrameNo
    last: FrameNo
    key: str

    @property
    def count(self) -> int:
        return self.last - self.first + 1


def plan_segments(
    graph: Graph, preset: Preset, stored: PixelFormat, first: FrameNo, last: FrameNo, encoding: str
) -> tuple[PlannedSegment, ...]:
    """Segments of frames `first`..`last` on a grid of absolute frame numbers. `encoding` names encoder and options."""
    geometry = graph.geometry()
    side = _INTRA_FRAMES if preset.intra else LONG_GOP_FRAMES
    if geometry.width * geometry.height > _LARGE_PIXELS:
        side = min(side, _LARGE_FRAMES) if preset.intra else side
    planned = []
    for start in range(first // side * side, last + 1, side):
        low, high = max(start, first), min(start + side - 1, last)
        text = f"{_VERSION} {graph.key(low, high)} {preset.name} {stored.name} {encoding}"
        planned.append(PlannedSegment(low, high, hashlib.sha256(text.encode()).hexdigest()))
    return tuple(planned)
