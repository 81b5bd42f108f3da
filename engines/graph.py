"""The pull graph: a source and a chain of stages. Nothing runs until a frame is asked for."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np

from engines.cache import ByteCache
from engines.cancel import CancelToken
from engines.detect.shots import Shot, ShotList
from engines.media.source import Source
from engines.policy import RenderPolicy
from engines.provenance import ProvenanceMap
from engines.stages.base import Geometry, Kept, Rendered, Stage
from engines.types import Frame, FrameNo, Plane, Rect

_CACHE_BYTES = 512 * 2**20
# Of which stages may fill this share with what the tiles and neighbours of a frame have in common.
_KEPT_SHARE = 0.25


@dataclass(frozen=True)
class Graph:
    """Immutable: which source, cut where, through which stages."""

    source: Source
    shots: ShotList
    stages: tuple[Stage, ...] = ()

    def geometry(self, depth: int | None = None) -> Geometry:
        """Of the pictures after the first `depth` stages (all by default)."""
        info = self.source.info
        geometry = Geometry(info.width, info.height, info.format, info.colour)
        for stage in self.stages[:depth]:
            geometry = stage.output(geometry)
        return geometry

    @property
    def reach(self) -> int:
        """How far, in frames, an output frame depends on the source around it."""
        return sum(stage.reach for stage in self.stages)

    def key(self, first: FrameNo, last: FrameNo) -> str:
        """Content key of output frames `first`..`last`: source, cuts, stages, and the masks within reach."""
        digest = hashlib.sha256()
        cuts = self.shots.starts[bisect_right(self.shots.starts, first) : bisect_right(self.shots.starts, last)]
        digest.update(f"{self.source.info.fingerprint} {first} {last} {cuts}".encode())
        if any(stage.measures_shot for stage in self.stages):
            digest.update(f"{self.shots.shot(first)} {self.shots.shot(last)}".encode())
        low, high = first, last
        for stage in reversed(self.stages):
            # No stage reads across a cut, so what lies beyond one decides nothing.
            low = max(low - stage.reach, self.shots.shot(first).first)
            high = min(high + stage.reach, self.shots.shot(last).last)
            digest.update(stage.range_key(low, high).encode())
        return digest.hexdigest()


class Puller:
    """Runs a graph under one policy: pulls frames, keeps recent ones within a byte budget."""

    def __init__(
        self,
        graph: Graph,
        policy: RenderPolicy,
        cancel: CancelToken | None = None,
        note: Callable[[str], None] = lambda _: None,
        cache_bytes: int = _CACHE_BYTES,
    ) -> None:
        self.graph = graph
        self.policy = policy
        self.cancel = cancel or CancelToken()
        self._note = note
        self._noted: set[str] = set()
        self._cache: ByteCache[tuple[int, FrameNo], Rendered] = ByteCache(int(cache_bytes * (1 - _KEPT_SHARE)))
        self._kept: ByteCache[tuple[int, Hashable], Any] = ByteCache(int(cache_bytes * _KEPT_SHARE))

    def pull(self, number: FrameNo, region: Rect | None = None) -> Rendered:
        """Output frame `number`, or `region` of it (grown to the chroma grid), pixels and provenance.

        Raises FrameError, Cancelled, IndexError.
        """
        return self.at(len(self.graph.stages), number, region)

    def at(self, depth: int, number: FrameNo, region: Rect | None = None) -> Rendered:
        """The same after the first `depth` stages."""
        self.cancel.check()
        if not 0 <= number < self.graph.source.info.frame_count:
            raise IndexError(f"frame {number} of {self.graph.source.info.frame_count}")
        bounds = self.geometry(depth).bounds
        layout = self.geometry(depth).format
        region = bounds if region is None else region.aligned(layout.chroma_x, layout.chroma_y, bounds)
        whole = self._cache.get((depth, number))
        if whole is not None:
            return whole.crop(region)
        if depth == 0:
            whole = self._source_frame(number)
            self._cache.put((0, number), whole)
            return whole.crop(region)
        result = self.graph.stages[depth - 1].render(number, region, _Below(self, depth - 1))
        # What leaves the last stage is asked for once; only stages ask again for their neighbours.
        if region == bounds and depth < len(self.graph.stages):
            self._cache.put((depth, number), result)
        return result

    def geometry(self, depth: int) -> Geometry:
        """Geometry after `depth` stages under this policy's reduction."""
        info = self.graph.source.info
        shrink = self.policy.reduction
        geometry = Geometry(-(-info.width // shrink), -(-info.height // shrink), info.format, info.colour)
        for stage in self.graph.stages[:depth]:
            geometry = stage.output(geometry)
        return geometry

    @property
    def nbytes(self) -> int:
        """Memory held by what was pulled lately."""
        return self._cache.nbytes + self._kept.nbytes

    def forget(self) -> None:
        """Let go of what was pulled lately."""
        self._cache.clear()
        self._kept.clear()

    def kept(self, depth: int, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """`Upstream.kept` of the stage after `depth` stages."""
        found: Kept | None = self._kept.get((depth, key))
        if found is None:
            found = make()
            self._kept.put((depth, key), found)
        return found

    def note(self, sentence: str) -> None:
        if sentence not in self._noted:
            self._noted.add(sentence)
            self._note(sentence)

    def _source_frame(self, number: FrameNo) -> Rendered:
        frame = self.graph.source.read(number)
        if self.policy.reduction > 1:
            frame = reduce_frame(frame, self.policy.reduction)
        descent = self.graph.source.descent(number)
        said = ProvenanceMap.uniform(frame.width, frame.height, descent.origin, donor=descent.donor)
        return Rendered(frame, said)


class _Below:
    """The `Upstream` that stage `depth` (counted from 0) sees."""

    def __init__(self, puller: Puller, depth: int) -> None:
        self._puller = puller
        self._depth = depth
        self.geometry = puller.geometry(depth)
        self.policy = puller.policy
        self.cancel = puller.cancel
        self.frame_count = puller.graph.source.info.frame_count

    def frame(self, number: FrameNo, region: Rect | None = None) -> Rendered:
        return self._puller.at(self._depth, number, region)

    def source(self, number: FrameNo) -> Rendered:
        return self._puller.at(0, number)

    def shot(self, number: FrameNo) -> Shot:
        return self._puller.graph.shots.shot(number)

    def kept(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        return self._puller.kept(self._depth, key, make)

    def note(self, sentence: str) -> None:
        self._puller.note(sentence)


def reduce_frame(frame: Frame, factor: int) -> Frame:
    """Shrink by an integer factor by area means, for approximate previews.

    Sizes round up; planes become float32 code values.
    """
    width, height = -(-frame.width // factor), -(-frame.height // factor)
    planes: list[Plane] = []
    for index, plane in enumerate(frame.planes):
        w, h = frame.format.plane_size(index, width, height)
        planes.append(_area_mean(plane, factor, w, h))
    return frame.with_planes(tuple(planes))


def _area_mean(plane: Plane, factor: int, width: int, height: int) -> Plane:
    pad_y, pad_x = height * factor - plane.shape[0], width * factor - plane.shape[1]
    padded = np.pad(plane, ((0, max(pad_y, 0)), (0, max(pad_x, 0))), mode="edge")[: height * factor, : width * factor]
    cells = padded.astype(np.float32).reshape(height, factor, width, factor)
    return np.asarray(cells.mean(axis=(1, 3)), dtype=np.float32)
