"""The pointwise stages at the end of a chain, at the size of a screen: what a handle does, while it moves."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from engines.analysis.shot_analysis import Arrays, ShotAnalysis
from engines.colour.mapped import MARGIN, nominal_rgb
from engines.detect.shots import Shot
from engines.graph import Graph, Puller
from engines.luma import luma_weights
from engines.marks import Marks
from engines.provenance import Origin, ProvenanceMap
from engines.stages.base import Geometry, Kept, Rendered
from engines.types import Frame, FrameNo, Rect
from engines.viewing import Window, shrunk


@dataclass(frozen=True, eq=False)
class Ground:
    """What stands before the pointwise stages, as a screen shows it: all that is needed while their handles move.

    frame: chroma in full, at the screen's size, with a margin for regions that ask for more than they answer; place:
    where it lies in the whole picture at that size, `bounds`; shown: the part that is wanted.
    """

    frame: Frame
    place: Rect
    shown: Rect
    bounds: Rect

    @property
    def nbytes(self) -> int:
        return self.frame.nbytes


def first_pointwise(graph: Graph) -> int:
    """How many stages stand before those at the end that are pointwise; all of them where the last one is not."""
    depth = len(graph.stages)
    while depth > 0 and graph.stages[depth - 1].pointwise:
        depth -= 1
    return depth


def ground(frame: Frame, window: Window, stages: int) -> Ground:
    """`window` of a whole frame, not larger than life (its `step` is 1 or more), for so many stages."""
    across, down = window.step
    x, y = round(window.x / across), round(window.y / down)
    bounds = Rect(
        0,
        0,
        max(round(frame.width / across), x + window.out_width),
        max(round(frame.height / down), y + window.out_height),
    )
    shown = Rect(x, y, window.out_width, window.out_height)
    place = shown.grown(MARGIN * stages, bounds)
    wide = Window(
        window.x + (place.x - x) * across,
        window.y + (place.y - y) * down,
        place.width * across,
        place.height * down,
        place.width,
        place.height,
    )
    return Ground(_as_rgb(shrunk(frame, wide), bounds), place, shown, bounds)


def _as_rgb(frame: Frame, bounds: Rect) -> Frame:
    """In R'G'B' codes, not rounded and not clipped: stages then need not go there and back for every picture.

    Only where they weigh its channels as they weigh those of the film itself.
    """
    colour = replace(frame.colour, matrix="rgb", range="pc", chroma_location="unknown")
    layout = frame.format
    own = luma_weights(frame.colour, frame.width, frame.height)
    if layout.family != "yuv" or layout.alpha or own != luma_weights(colour, bounds.width, bounds.height):
        return frame
    planes = nominal_rgb(frame)
    planes *= np.float32(layout.peak)
    return Frame(tuple(planes), replace(layout, family="rgb"), colour)


def shown_live(puller: Puller, depth: int, number: FrameNo, held: Ground, parts: int = 1) -> Frame:
    """What the stages after `depth` make of `held`, the part that is shown. Raises what stages raise, and Cancelled.

    puller: of the exact picture; the stages ask it for all but the picture before them. parts: between so many it is
    asked whether the picture is still wanted.
    """
    layout, colour = held.frame.format, held.frame.colour
    below = _Live(puller, depth, Geometry(held.bounds.width, held.bounds.height, layout, colour), held, None)
    for at in range(depth, len(puller.graph.stages)):
        geometry = puller.graph.stages[at].output(below.geometry)
        below = _Live(puller, at + 1, geometry, held, below)
    shown = held.shown
    parts = min(parts, shown.height)
    edges = [shown.y + shown.height * part // parts for part in range(parts + 1)]
    done = []
    for top, bottom in pairwise(edges):
        puller.cancel.check()
        done.append(below.frame(number, Rect(shown.x, top, shown.width, bottom - top)).frame)
    if parts == 1:
        return done[0]
    whole = zip(*(part.planes for part in done), strict=True)
    return done[0].with_planes(tuple(np.concatenate(planes) for planes in whole))


class _Live:
    """The `Upstream` of a stage over a ground: the picture is the ground's, everything else is the film's own."""

    def __init__(self, puller: Puller, depth: int, geometry: Geometry, held: Ground, before: _Live | None) -> None:
        self._real = puller.below(depth)
        self._puller, self._depth, self._held, self._before = puller, depth, held, before
        self.geometry = geometry
        self.policy, self.cancel = puller.policy, puller.cancel
        self.frame_count = puller.graph.source.info.frame_count

    def frame(self, number: FrameNo, region: Rect | None = None) -> Rendered:
        region = self.geometry.bounds if region is None else region
        if self._before is not None:
            return self._puller.graph.stages[self._depth - 1].render(number, region, self._before)
        place = self._held.place
        said = ProvenanceMap.uniform(region.width, region.height, Origin.SOURCE)
        return Rendered(self._held.frame.crop(region.moved(-place.x, -place.y)), said)

    def kept(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        return self._puller.kept(self._depth + 1, ("live", self.geometry.width, self.geometry.height, key), make)

    def source(self, number: FrameNo) -> Rendered:
        return self._real.source(number)

    def plain(self, number: FrameNo) -> Rendered:
        return self._real.plain(number)

    def marks(self, number: FrameNo) -> Marks:
        return self._real.marks(number)

    def analysed(self, number: FrameNo, analysis: ShotAnalysis) -> Arrays | None:
        return self._real.analysed(number, analysis)

    def stored(self, number: FrameNo, key: str, make: Callable[[], Arrays]) -> Arrays:
        return self._real.stored(number, key, make)

    def shot(self, number: FrameNo) -> Shot:
        return self._real.shot(number)

    def note(self, sentence: str) -> None:
        self._real.note(sentence)
