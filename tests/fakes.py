"""Small stand-ins for tests: a source held in memory, and stages whose answers are easy to foresee."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.media.source import OWN, ClipInfo, Descent
from engines.provenance import Origin, ProvenanceMap, chroma_cells
from engines.stages.base import Geometry, Rendered, Stage, Upstream
from engines.types import ColourSpec, Frame, FrameNo, PixelFormat, Rect


def random_frame(
    layout: PixelFormat, width: int, height: int, seed: int = 0, colour: ColourSpec | None = None
) -> Frame:
    """Noise over the whole code range (0..1 for floats)."""
    rng = np.random.default_rng(seed)
    planes = []
    for index in range(layout.plane_count):
        w, h = layout.plane_size(index, width, height)
        if layout.floating:
            planes.append(rng.random((h, w)).astype(layout.dtype))
        else:
            planes.append(rng.integers(0, int(layout.peak) + 1, (h, w)).astype(layout.dtype))
    return Frame(tuple(planes), layout, colour or ColourSpec())


class MemorySource:
    """A source of the given frames; counts its reads."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        self._frames = frames
        self.reads: list[FrameNo] = []
        first = frames[0]
        self._info = ClipInfo(
            path=Path("memory"),
            kind="container",
            container="memory",
            codec="rawvideo",
            width=first.width,
            height=first.height,
            format=first.format,
            native_format=first.format.name,
            colour=first.colour,
            sar=Fraction(1),
            rate=Fraction(24),
            time_base=Fraction(1, 24),
            pts=tuple(range(len(frames))),
            fingerprint=hashlib.sha256(b"".join(p.tobytes() for f in frames for p in f.planes)).hexdigest(),
        )

    @property
    def info(self) -> ClipInfo:
        return self._info

    def read(self, number: FrameNo) -> Frame:
        self.reads.append(number)
        return self._frames[number]

    def descent(self, number: FrameNo) -> Descent:
        return OWN

    def close(self) -> None:
        self._frames = ()


class AddStage(Stage):
    """Adds `amount` to every sample of the previous frame (or of its own at the start of a shot)."""

    name = "add"
    version = 1

    def __init__(self, amount: int, temporal: bool = False) -> None:
        self.amount = amount
        self.temporal = temporal

    def output(self, geometry: Geometry) -> Geometry:
        return geometry

    @property
    def reach(self) -> int:
        return int(self.temporal)

    def key(self) -> str:
        return f"add {self.amount} {self.temporal}"

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        donor = upstream.shot(number).clamp(number - 1) if self.temporal else number
        below = upstream.frame(donor, region)
        planes = tuple(p.astype(np.float32) + self.amount for p in below.frame.planes)
        said = ProvenanceMap.uniform(region.width, region.height, Origin.ADJUSTED)
        return Rendered(below.frame.with_planes(planes), below.provenance.merge(said))


def sharing_chroma(mask: NDArray[np.bool_], layout: PixelFormat) -> NDArray[np.bool_]:
    """The mask grown to every pixel that shares a chroma sample with it."""
    cells = chroma_cells(mask, layout.chroma_x, layout.chroma_y)
    grown = cells.repeat(layout.chroma_y, axis=0).repeat(layout.chroma_x, axis=1)
    return np.asarray(grown[: mask.shape[0], : mask.shape[1]])
