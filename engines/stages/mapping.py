"""Stages that map every pixel's R'G'B' and do nothing else, alone or several in one pass over the picture."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace

from engines.colour.mapped import MARGIN, Map, Places, Rgb, mapped
from engines.luma import matrix_name
from engines.provenance import Origin, ProvenanceMap
from engines.stages.base import Geometry, Rendered, Stage, Upstream
from engines.stages.detail_frames import pinned
from engines.stages.finite import finite, holdable
from engines.types import ColourSpec, FrameNo, Rect


class MapStage(Stage):
    """Deterministic: the answer to a frame is `point_map` applied to it, coded as before; `ADJUSTED`.

    Such stages that stand one after another are applied in one pass (`engines.graph`): colours are not put back into
    the clip's coding in between, which costs time and, where chroma is subsampled, sharpness.
    """

    def output(self, geometry: Geometry) -> Geometry:
        return geometry

    @property
    def pointwise(self) -> bool:
        return True

    @property
    def maps(self) -> bool:
        return True

    @abstractmethod
    def point_map(self, number: FrameNo, upstream: Upstream) -> Map | None:
        """What frame `number` goes through, for one thread; None hands it through untouched. Asks `upstream` for no
        picture of its own. Raises FrameError, Cancelled.
        """

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        """Raises FrameError, Cancelled, and what `point_map` raises."""
        transform = self.point_map(number, upstream)
        return rendered_through(() if transform is None else (transform,), number, region, upstream)


def rendered_through(
    maps: Sequence[Map], number: FrameNo, region: Rect, upstream: Upstream, after: Geometry | None = None
) -> Rendered:
    """`region` of frame `number` of `upstream` through `maps`, one after another; untouched without any.

    after: how the answer is coded, of the same family and sampling; None: as before. Raises FrameError, Cancelled.
    """
    if not maps:
        return upstream.frame(number, region)
    geometry = upstream.geometry
    layout = geometry.format
    wide = region.grown(MARGIN, geometry.bounds).aligned(layout.chroma_x, layout.chroma_y, geometry.bounds)
    below = upstream.frame(number, wide)
    frame = pinned(finite(below.frame, upstream), geometry)
    coding = None if after is None else (after.format, pinned_colour(after))
    frame = holdable(mapped(frame, wide.x, wide.y, region, _one_after_another(maps), coding))
    said = ProvenanceMap.uniform(region.width, region.height, Origin.ADJUSTED)
    earlier = below.provenance.crop(region.moved(-wide.x, -wide.y))
    colour = below.frame.colour if after is None else after.colour
    return Rendered(replace(frame, colour=colour), earlier.merge(said))


def pinned_colour(geometry: Geometry) -> ColourSpec:
    """What codes mean, the matrix said: untagged pictures are told by their size."""
    colour = geometry.colour
    if geometry.format.family == "yuv" and colour.matrix == "rgb":
        return colour
    return replace(colour, matrix=matrix_name(colour, geometry.width, geometry.height))


def _one_after_another(maps: Sequence[Map]) -> Map:
    *early, last = maps
    if not early:
        return last

    def transform(picture: Rgb, places: Places) -> Rgb:
        # Only the last may leave out what changes no luma: to those after the others, colour is more than luma.
        whole = replace(places, luma_only=False)
        for one in early:
            picture = one(picture, whole)
        return last(picture, places)

    return transform
