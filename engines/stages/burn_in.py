"""Stage `burn_in`: the last of review copies, which draws on them what must not be cut off or overlooked."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engines.burn_in.facts import BurnIn
from engines.burn_in.ink import ink, stored
from engines.burn_in.marks import Bool, Drawn, margin, marks
from engines.burn_in.strip import Layout, draw_strip, layout_of
from engines.overlay import MARKS
from engines.provenance import Origin, ProvenanceMap, chroma_cells
from engines.stages.base import Geometry, Rendered, Stage, Upstream
from engines.types import Frame, FrameNo, Plane, Rect

NAME = "burn_in"
_TINT = 0.22
_SYNTHESISED = np.array(MARKS[Origin.SYNTHESISED].colour, np.float32) / np.float32(255)
_WHITE, _BLACK = np.full(3, 0.92, np.float32), np.zeros(3, np.float32)


@dataclass(frozen=True)
class _Flagged:
    """Share of a picture that is SYNTHESISED, 0..1."""

    share: float
    nbytes: int = 16


class BurnedIn(Stage):
    """A strip under the picture, so that nothing of it is covered, and marks over every SYNTHESISED pixel.

    What is drawn is `ADJUSTED` at least: it adds no detail and is no sample of the source.
    """

    name = NAME
    version = 1

    def __init__(self, facts: BurnIn) -> None:
        self.settings = facts

    def output(self, geometry: Geometry) -> Geometry:
        return replace(geometry, height=geometry.height + self._layout(geometry).height)

    @property
    def geometric(self) -> bool:
        return True

    def key(self) -> str:
        return f"{NAME} {self.version} {self.settings}"

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        """Raises FrameError, Cancelled."""
        below = upstream.geometry
        picture = Rect(region.x, region.y, region.width, min(region.bottom, below.height) - region.y)
        if picture.height <= 0:
            return self._strip(number, region, upstream)
        marked = _marked(number, picture, upstream)
        if region.bottom <= below.height:
            return marked
        return _stacked(marked, self._strip(number, region, upstream), below)

    def _layout(self, geometry: Geometry) -> Layout:
        step = int(np.lcm(2, geometry.format.chroma_y))
        return layout_of(self.settings, geometry.width, step, geometry.height)

    def _strip(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        """What of the strip lies in `region`; chroma as if rows before it, in a cell with its first, were its own."""
        below = upstream.geometry
        flagged = upstream.kept(("flagged", number), lambda: _flagged(number, upstream))
        drawn = draw_strip(self.settings, self._layout(below), number, flagged.share)
        shared = below.height % below.format.chroma_y
        top = below.height - shared
        rgb = np.pad(drawn, ((shared, 0), (0, 0), (0, 0)), mode="edge").transpose(2, 0, 1)
        first = max(region.y, top)
        cut = rgb[:, first - top : region.bottom - top, region.x : region.right]
        codes = ink(cut.astype(np.float32) / np.float32(255), below.format, below.colour, below.width, below.height)
        like = np.zeros(0, below.format.dtype)
        planes = tuple(stored(_on_grid(plane, below, index), like, below.format) for index, plane in enumerate(codes))
        said = ProvenanceMap.uniform(region.width, region.bottom - first, Origin.ADJUSTED)
        return Rendered(Frame(planes, below.format, below.colour), said)


def _flagged(number: FrameNo, upstream: Upstream) -> _Flagged:
    labels = upstream.frame(number).provenance.labels
    return _Flagged(float(np.count_nonzero(labels == Origin.SYNTHESISED)) / labels.size)


def _marked(number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
    """`region` of the picture with its flagged pixels marked."""
    below = upstream.geometry
    layout = below.format
    wide = region.grown(margin(below.width), below.bounds).aligned(layout.chroma_x, layout.chroma_y, below.bounds)
    rendered = upstream.frame(number, wide)
    inner = region.moved(-wide.x, -wide.y)
    flagged = np.asarray(rendered.provenance.labels == Origin.SYNTHESISED)
    if not flagged.any():
        return rendered.crop(inner)
    drawn = marks(flagged, wide, below.width)
    planes = tuple(_inked(plane, index, drawn, below) for index, plane in enumerate(rendered.frame.planes))
    touched = _whole_cells(drawn.anything, below)
    said = rendered.provenance
    labels = np.where(touched, np.maximum(said.labels, Origin.ADJUSTED), said.labels).astype(np.uint8)
    marked = Rendered(rendered.frame.with_planes(planes), replace(said, labels=labels))
    return marked.crop(inner)


def _inked(plane: Plane, index: int, drawn: Drawn, geometry: Geometry) -> Plane:
    """One plane with everything drawn; a chroma sample takes a colour as soon as one pixel of its cell has it."""
    layout = geometry.format
    if layout.alpha and index == layout.plane_count - 1:
        return plane
    out = plane.copy()
    tint, light, dark = (_code(colour, index, geometry) for colour in (_SYNTHESISED, _WHITE, _BLACK))
    tinted = _on_cells(drawn.tinted, index, geometry)
    mixed = out[tinted].astype(np.float32)
    out[tinted] = stored(mixed + np.float32(_TINT) * (tint - mixed), plane, layout)
    for where, code in ((drawn.dark, dark), (drawn.light, light), (drawn.lines, tint)):
        out[_on_cells(where, index, geometry)] = stored(np.asarray(code), plane, layout)
    return out


def _code(colour: NDArray[np.float32], index: int, geometry: Geometry) -> np.float32:
    size = geometry.width, geometry.height
    return np.float32(ink(colour.reshape(3, 1, 1), geometry.format, geometry.colour, *size)[index][0, 0])


def _on_cells(mask: Bool, index: int, geometry: Geometry) -> Bool:
    layout = geometry.format
    subsampled = layout.family == "yuv" and index in (1, 2)
    return chroma_cells(mask, layout.chroma_x, layout.chroma_y) if subsampled else mask


def _whole_cells(mask: Bool, geometry: Geometry) -> Bool:
    """Every pixel whose chroma sample is touched, too."""
    layout = geometry.format
    cells = chroma_cells(mask, layout.chroma_x, layout.chroma_y)
    grown = cells.repeat(layout.chroma_y, axis=0).repeat(layout.chroma_x, axis=1)
    return np.asarray(grown[: mask.shape[0], : mask.shape[1]])


def _on_grid(plane: NDArray[np.float32], geometry: Geometry, index: int) -> NDArray[np.float32]:
    """A full plane on its own grid: means over the cells, edges repeated."""
    layout = geometry.format
    if not (layout.family == "yuv" and index in (1, 2)):
        return plane
    step_x, step_y = layout.chroma_x, layout.chroma_y
    height, width = plane.shape
    padded = np.pad(plane, ((0, -height % step_y), (0, -width % step_x)), mode="edge")
    cells = padded.reshape(padded.shape[0] // step_y, step_y, padded.shape[1] // step_x, step_x)
    return np.asarray(cells.mean(axis=(1, 3)), np.float32)


def _stacked(picture: Rendered, strip: Rendered, below: Geometry) -> Rendered:
    """The strip under the picture. In a chroma cell that both share, the picture's sample stays."""
    layout = below.format
    shared = below.height % layout.chroma_y
    planes = []
    for index, (upper, lower) in enumerate(zip(picture.frame.planes, strip.frame.planes, strict=True)):
        skipped = (1 if shared else 0) if layout.family == "yuv" and index in (1, 2) else shared
        planes.append(np.concatenate([upper, lower[skipped:].astype(upper.dtype)]))
    above, under = picture.provenance, strip.provenance
    said = ProvenanceMap(
        np.concatenate([above.labels, under.labels[shared:]]),
        np.concatenate([above.confidence, under.confidence[shared:]]),
        np.concatenate([above.donor, under.donor[shared:]]),
    )
    return Rendered(picture.frame.with_planes(tuple(planes)), said)
