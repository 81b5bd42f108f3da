"""Stage `original`: where the restorer asks for it, the source's own samples come back over all stages before."""

from __future__ import annotations

import numpy as np

from engines.masks import Coverage, fitted
from engines.provenance import Origin, ProvenanceMap
from engines.repair.cells import max_in, steps
from engines.resample import enlarged
from engines.stages.base import Geometry, MaskSource, Rendered, Stage, Upstream
from engines.types import FrameNo, Plane, Rect

NAME = "original"
_EDGE = 4
"""Chroma samples around a region that the enlargement of its inside reads."""


class Original(Stage):
    """Fully painted pixels are the source, label and all; soft edges are a mix, labelled as what lies below.

    In enlarged pictures the source is plainly interpolated, which makes it `ADJUSTED`. A chroma sample comes back
    as soon as one pixel of its cell is painted: what is painted shall be the source in every component.
    """

    name = NAME
    version = 1

    def __init__(self, masks: MaskSource) -> None:
        self._masks = masks

    def output(self, geometry: Geometry) -> Geometry:
        return geometry

    @property
    def masked(self) -> bool:
        return True

    def key(self) -> str:
        return f"{NAME} {self.version}"

    def frame_key(self, number: FrameNo) -> str:
        return self._masks.key(number)

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        """Frames without paint in `region` are handed through as they are. Raises MaskError, FrameError."""
        below = upstream.frame(number, region)
        coverage = self._coverage(number, region, upstream)
        if coverage is None or not coverage.any():
            return below
        return _laid(below, _source(number, region, upstream), coverage)

    def _coverage(self, number: FrameNo, region: Rect, upstream: Upstream) -> Coverage | None:
        """Of `region`, which lies on the chroma grid: no cell is cut."""
        held = self._masks.coverage(number)
        if held is None:
            return None
        size = upstream.geometry
        whole = fitted(held, size.width, size.height, upstream.policy.reduction)
        return np.ascontiguousarray(whole[region.y : region.bottom, region.x : region.right])


def _source(number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
    """The source's samples for `region` of the picture as it is now, enlarged where a stage enlarged it."""
    source = upstream.plain(number)
    factor = upstream.geometry.width // source.frame.width
    if factor == 1:
        return source.crop(region)
    layout, bounds = source.frame.format, source.frame.bounds
    right, bottom = min(-(-region.right // factor), bounds.right), min(-(-region.bottom // factor), bounds.bottom)
    wanted = Rect(region.x // factor, region.y // factor, 0, 0)
    wanted = Rect(wanted.x, wanted.y, right - wanted.x, bottom - wanted.y)
    wanted = wanted.aligned(layout.chroma_x, layout.chroma_y, bounds)
    margin = _EDGE * max(layout.chroma_x, layout.chroma_y)
    wide = wanted.grown(margin, bounds).aligned(layout.chroma_x, layout.chroma_y, bounds)
    inner = wanted.moved(-wide.x, -wide.y)
    planes = enlarged(source.frame.crop(wide), factor, inner)
    adjusted = ProvenanceMap.uniform(wanted.width * factor, wanted.height * factor, Origin.ADJUSTED)
    said = source.provenance.crop(wanted).resize(factor).merge(adjusted)
    whole = Rendered(source.frame.with_planes(planes), said)
    return whole.crop(region.moved(-wanted.x * factor, -wanted.y * factor))


def _laid(below: Rendered, source: Rendered, coverage: Coverage) -> Rendered:
    weight = coverage.astype(np.float32) / np.float32(255)
    planes = tuple(
        _mixed(plane, own, max_in(weight, steps(below.frame, index)), below.frame.format.peak)
        for index, (plane, own) in enumerate(zip(below.frame.planes, source.frame.planes, strict=True))
    )
    full = coverage == 255
    a, b = below.provenance, source.provenance
    mixed = a.merge(b)
    # Unpainted pixels beside painted ones share a chroma sample: what was said of them holds for the rest of them.
    soft = (coverage > 0) & ~full
    said = ProvenanceMap(
        np.where(full, b.labels, np.where(soft, mixed.labels, a.labels)),
        np.where(full, b.confidence, np.where(soft, mixed.confidence, a.confidence)),
        np.where(full, b.donor, np.where(soft, mixed.donor, a.donor)),
    )
    return Rendered(below.frame.with_planes(planes), said)


def _mixed(plane: Plane, own: Plane, weight: np.ndarray[tuple[int, int], np.dtype[np.float32]], peak: float) -> Plane:
    """The plane with the source's samples laid over it; in its own sample type, floats as float32 code values."""
    if np.array_equal(plane, own):
        return plane
    out = plane.copy()
    full, soft = weight >= 1.0, (weight > 0) & (weight < 1.0)
    out[full] = own[full]
    old, new = plane[soft].astype(np.float32), own[soft].astype(np.float32)
    values = old + weight[soft] * (new - old)
    out[soft] = np.clip(np.rint(values), 0, peak) if out.dtype.kind == "u" else values
    return out
