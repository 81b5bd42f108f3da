"""Frames between SDR and HDR, for stages `hdr` and `sdr`: a pointwise map into another coding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from engines.colour.mapped import MARGIN, mapped
from engines.hdr.convert import Convert
from engines.media.display import to_luma_grid
from engines.provenance import Origin, ProvenanceMap
from engines.stages.base import Geometry, Rendered, Upstream
from engines.stages.detail_frames import pinned
from engines.types import Frame, FrameNo, Rect

ABOUT_LINEAR = "Convert it to integer video first, for instance through a TIFF or ProRes master."


def converted(
    number: FrameNo,
    region: Rect,
    upstream: Upstream,
    there: Geometry,
    convert: Convert,
    prepare: Callable[[Frame], Frame] | None = None,
) -> Rendered:
    """`region` of frame `number` with `convert` applied to its R'G'B', coded as `there` says.

    prepare: what brings a frame to the sampling of `there`; None where it has it. Raises FrameError, Cancelled.
    """
    before = upstream.geometry
    layout = before.format
    around = region.grown(MARGIN, before.bounds).aligned(layout.chroma_x, layout.chroma_y, before.bounds)
    below = upstream.frame(number, around)
    frame = pinned(below.frame, before)
    if prepare is not None:
        frame = prepare(frame)
    done = mapped(frame, around.x, around.y, region, lambda rgb, _: convert(rgb), (there.format, there.colour))
    cut = region.moved(-around.x, -around.y)
    provenance = below.provenance.crop(cut)
    said = ProvenanceMap.uniform(region.width, region.height, Origin.ADJUSTED)
    return Rendered(done, provenance.merge(said))


def full_chroma(frame: Frame) -> Frame:
    """The frame with a chroma sample for every pixel, in float32 codes."""
    layout = replace(frame.format, chroma_x=1, chroma_y=1)
    chroma = (to_luma_grid(np.asarray(plane, dtype=np.float32), frame) for plane in frame.planes[1:3])
    planes = (frame.planes[0], *chroma, *frame.planes[3:])
    return Frame(planes, layout, replace(frame.colour, chroma_location="unknown"))
