"""The pull graph: a source and a chain of stages. Nothing runs until a frame is asked for."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from engines.analysis.shot_analysis import Arrays, ShotAnalysis
from engines.analysis.store import AnalysisStore
from engines.cache import ByteCache
from engines.cancel import CancelToken
from engines.detect.proposals import Detections
from engines.detect.shots import Shot, ShotList
from engines.marks import NO_MARKS, Marks
from engines.media.source import Source
from engines.once import Once
from engines.policy import RenderPolicy
from engines.provenance import ProvenanceMap
from engines.stages.base import Detector, Geometry, Kept, Mapper, Rendered, Stage, Upstream
from engines.stages.mapping import rendered_through
from engines.types import Frame, FrameNo, Plane, Rect

_CACHE_BYTES = 512 * 2**20
# Of which stages may fill this share with what the tiles and neighbours of a frame have in common.
_KEPT_SHARE = 0.25


@dataclass(frozen=True)
class Graph:
    """Immutable: which source, cut where, through which stages. analyses: where measurements over shots are kept."""

    source: Source
    shots: ShotList
    stages: tuple[Stage, ...] = ()
    analyses: AnalysisStore = field(default_factory=AnalysisStore, compare=False)

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

    def needs(self, number: FrameNo) -> tuple[ShotAnalysis, ...]:
        """What the stages ask measured over the shot of frame `number`, each once."""
        return tuple(dict.fromkeys(one for stage in self.stages for one in stage.needs(number)))

    def before(self, depth: int) -> Graph:
        """The graph of the first `depth` stages."""
        return replace(self, stages=self.stages[:depth])

    def key(self, first: FrameNo, last: FrameNo) -> str:
        """Content key of output frames `first`..`last`: source, what its codes mean, cuts, stages, masks in reach."""
        digest = hashlib.sha256()
        cuts = self.shots.starts[bisect_right(self.shots.starts, first) : bisect_right(self.shots.starts, last)]
        info = self.source.info
        digest.update(f"{info.fingerprint} {info.colour} {first} {last} {cuts}".encode())
        digest.update(info.labels.encode())
        if any(stage.measures_shot for stage in self.stages):
            digest.update(f"{self.shots.shot(first)} {self.shots.shot(last)}".encode())
        low, high = first, last
        for depth, stage in reversed(list(enumerate(self.stages))):
            # No stage reads across a cut, so what lies beyond one decides nothing.
            low = max(low - stage.reach, self.shots.shot(first).first)
            high = min(high + stage.reach, self.shots.shot(last).last)
            marked = any(before.finds(low, high) for before in self.stages[:depth])
            digest.update(stage.range_key(low, high, marked).encode())
        return digest.hexdigest()


class Puller:
    """Runs a graph under one policy: pulls frames, keeps recent ones within a byte budget.

    Several threads may pull where the source stands being read from several (`engines.media.shared`).
    """

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
        self._plain: dict[int, Puller] = {}
        self._once = Once()
        self.pending: set[tuple[ShotAnalysis, Shot]] = set()
        """Measurements that stages missed so far because the policy does not wait for them."""

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
        if depth > 0 and self.graph.stages[depth - 1].marks_only:
            return self.at(depth - 1, number, region)
        if depth > 0 and region != bounds:
            whole = self._cache.get((depth, number))
            return self._render(depth, number, region) if whole is None else whole.crop(region)
        # Whole frames are shared: of several threads that want one, one makes it.
        with self._once((depth, number)):
            whole = self._cache.get((depth, number))
            if whole is None:
                whole = self._source_frame(number) if depth == 0 else self._render(depth, number, bounds)
                # What leaves the last stage is asked for once; only stages ask again for their neighbours.
                if depth == 0 or depth < len(self.graph.stages):
                    self._cache.put((depth, number), whole)
        return whole.crop(region)

    def _render(self, depth: int, number: FrameNo, region: Rect) -> Rendered:
        stages, first = self.graph.stages, depth
        # Whether or not what is between was pulled before: bits must not depend on it.
        while first > 0 and stages[first - 1].maps:
            first -= 1
        if depth - first > 1:
            run = [(at, stage) for at, stage in enumerate(stages[first:depth], first) if isinstance(stage, Mapper)]
            maps = (stage.point_map(number, _Below(self, at)) for at, stage in run)
            return rendered_through([one for one in maps if one is not None], number, region, _Below(self, first))
        return self.graph.stages[depth - 1].render(number, region, _Below(self, depth - 1))

    def marks(self, depth: int, number: FrameNo) -> Marks:
        """What the first `depth` stages marked in frame `number`."""
        if depth == 0:
            return NO_MARKS
        stage = self.graph.stages[depth - 1]
        return self.kept(depth, ("marks", number), lambda: stage.marks(number, _Below(self, depth - 1)))

    def detections(self, number: FrameNo) -> tuple[tuple[str, Detections], ...]:
        """What every detector of the graph proposes in frame `number`, with the detector's name.

        Raises FrameError, Cancelled.
        """
        found = []
        for depth, stage in enumerate(self.graph.stages):
            if isinstance(stage, Detector):
                self.cancel.check()
                found.append((stage.name, stage.detections(number, _Below(self, depth))))
        return tuple(found)

    def plain(self, depth: int, number: FrameNo) -> Rendered:
        """The source frame through the geometric ones of the first `depth` stages."""
        moving = tuple(stage for stage in self.graph.stages[:depth] if stage.geometric)
        last = max((at for at, stage in enumerate(self.graph.stages[:depth], 1) if stage.geometric), default=0)
        # Mostly the picture is moved first: the frame is there already then.
        if all(stage.geometric or stage.marks_only for stage in self.graph.stages[:last]):
            return self.at(last, number)
        with self._once(("plain", depth)):
            if depth not in self._plain:
                share = int(self._cache.budget * _KEPT_SHARE)
                graph = replace(self.graph, stages=moving)
                self._plain[depth] = Puller(graph, self.policy, self.cancel, self._note, share)
        return self._plain[depth].pull(number)

    def analysed(self, number: FrameNo, analysis: ShotAnalysis) -> Arrays | None:
        """`Upstream.analysed`: what all stages need of the shot is measured in one pass over it."""
        graph = self.graph
        shot = graph.shots.shot(number)
        held = graph.analyses.held(analysis, graph.source, shot)
        if held is not None:
            return held
        if not self.policy.wait:
            self.pending.add((analysis, shot))
            return None
        return graph.analyses.shot(analysis, graph.source, shot, self.cancel, graph.needs(number))

    def stored(self, depth: int, number: FrameNo, key: str, make: Callable[[], Arrays]) -> Arrays:
        """`Upstream.stored` of the stage after `depth` stages."""
        shot, reach = self.graph.shots.shot(number), self.graph.stages[depth].reach
        low, high = max(number - reach, shot.first), min(number + reach, shot.last)
        below = self.graph.before(depth)
        below = replace(below, stages=tuple(stage for stage in below.stages if not stage.marks_only))
        text = f"{below.key(low, high)} {number} {self.policy.reduction} {key}"
        return self.graph.analyses.once(hashlib.sha256(text.encode()).hexdigest(), make, self.cancel)

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
        self._plain.clear()

    def kept(self, depth: int, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """`Upstream.kept` of the stage after `depth` stages."""
        with self._once(("kept", depth, key)):
            found: Kept | None = self._kept.get((depth, key))
            if found is None:
                found = make()
                self._kept.put((depth, key), found)
        return found

    def note(self, sentence: str) -> None:
        if sentence not in self._noted:
            self._noted.add(sentence)
            self._note(sentence)

    def below(self, depth: int) -> Upstream:
        """What the stage after `depth` stages sees."""
        return _Below(self, depth)

    def held(self, depth: int, number: FrameNo) -> Rendered | None:
        """The whole frame after `depth` stages, where it was pulled lately."""
        return self._cache.get((depth, number))

    def inherit(self, other: Puller) -> None:
        """Take over what another puller under the same policy remembers, as far as both graphs are the same."""
        mine, theirs = self.graph, other.graph
        if mine.source is not theirs.source or mine.shots != theirs.shots:
            return
        same = _alike(mine.stages, theirs.stages)
        for (depth, number), frame in other._cache.items():
            # What was pulled without a measurement that is still to come is not what these stages answer.
            if (depth > 0 and other.pending) or depth >= len(mine.stages) > 0:
                continue
            if depth <= same or mine.before(depth).key(number, number) == theirs.before(depth).key(number, number):
                self._cache.put((depth, number), frame)

    def _source_frame(self, number: FrameNo) -> Rendered:
        frame = self.graph.source.read(number)
        if self.policy.reduction > 1:
            frame = reduce_frame(frame, self.policy.reduction)
        descent = self.graph.source.descent(number)
        if descent.said is not None:
            return Rendered(frame, descent.said.reduced(self.policy.reduction))
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

    def plain(self, number: FrameNo) -> Rendered:
        return self._puller.plain(self._depth, number)

    def marks(self, number: FrameNo) -> Marks:
        return self._puller.marks(self._depth, number)

    def analysed(self, number: FrameNo, analysis: ShotAnalysis) -> Arrays | None:
        return self._puller.analysed(number, analysis)

    def stored(self, number: FrameNo, key: str, make: Callable[[], Arrays]) -> Arrays:
        return self._puller.stored(self._depth, number, key, make)

    def shot(self, number: FrameNo) -> Shot:
        return self._puller.graph.shots.shot(number)

    def kept(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        return self._puller.kept(self._depth, key, make)

    def note(self, sentence: str) -> None:
        self._puller.note(sentence)


def _alike(first: tuple[Stage, ...], second: tuple[Stage, ...]) -> int:
    """How many stages at the beginning are the very same."""
    count = 0
    for one, other in zip(first, second, strict=False):
        if one is not other:
            break
        count += 1
    return count


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
