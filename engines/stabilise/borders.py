"""What a moved picture shows beyond its old edge: content of other frames, where they saw it, else a stand-in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.luma import chroma_range, code_range
from engines.provenance import Origin, ProvenanceMap
from engines.stabilise.model import displacement
from engines.stabilise.resample import Placing, Samples, beyond, placing, resampled
from engines.types import Frame, Plane, Rect

_BAND = 8
"""Samples inside the old edge over which a donor's light is matched."""

_LOOKS = 33
"""Places along an edge at which motion is looked at."""

Donor = Callable[[int], tuple[Frame, NDArray[np.float64]] | None]
"""By frame offset: the frame and where in it (F x K) the answer's pixels lie; None where there is none."""


@dataclass(frozen=True)
class Canvas:
    """A frame that was moved by `back` (F x K): its planes so far (float32, written to), and how they lie."""

    frame: Frame
    planes: list[Samples]
    back: NDArray[np.float64]
    width: int
    height: int
    reduction: float
    fields: int

    def lie(self, index: int) -> Placing:
        return placing(self.frame, index, self.width, self.height, self.reduction)


def revealed(canvas: Canvas) -> tuple[Rect, ...]:
    """Strips (luma pixels, on the chroma grid) along the edges that hold every pixel from beyond the frame."""
    frame, lie = canvas.frame, canvas.lie(0)
    whole = frame.bounds
    strips = []
    for axis, length in enumerate((whole.width, whole.height)):
        for low in (True, False):
            depth = min(_depth(canvas.back, lie, whole, axis, low), length)
            if depth:
                strip = _edge(whole, axis == 0, 0 if low else length - depth, depth)
                strips.append(strip.aligned(frame.format.chroma_x, frame.format.chroma_y, whole))
    return tuple(strips)


def _depth(back: NDArray[np.float64], lie: Placing, whole: Rect, axis: int, low: bool) -> int:
    """Samples along one edge that come from beyond it: motion hardly changes over so few, and one more is taken."""
    columns = np.linspace(0, whole.width - 1, _LOOKS) if axis else np.array([0.0 if low else whole.width - 1])
    rows = np.array([0.0 if low else whole.height - 1]) if axis else np.linspace(0, whole.height - 1, _LOOKS)
    x, y = lie.offset[0] + columns * lie.step[0], lie.offset[1] + rows * lie.step[1]
    moved = [displacement(one, x, y, lie.width, lie.height)[..., axis] / lie.step[axis] for one in back]
    outward = max(float((-one if low else one).max()) for one in moved)
    return int(np.ceil(outward - 0.5)) + 1 if outward > 0.5 else 0


def _edge(whole: Rect, across: bool, at: int, depth: int) -> Rect:
    return Rect(at, 0, depth, whole.height) if across else Rect(0, at, whole.width, depth)


def blackened(canvas: Canvas, strips: Sequence[Rect]) -> None:
    """Black where the frame shows nothing."""
    layout = canvas.frame.format
    for index in range(len(canvas.planes)):
        chroma = layout.family == "yuv" and index in (1, 2)
        alpha = layout.alpha and index == len(canvas.planes) - 1
        code = chroma_range(layout, canvas.frame.colour)[0] if chroma else code_range(layout, canvas.frame.colour)[0]
        for strip in strips:
            cut = _on_plane(strip, canvas.frame, index)
            canvas.planes[index][_slices(cut)][_beyond(canvas, index, cut)] = 0.0 if alpha else code


def repeated(canvas: Canvas, strips: Sequence[Rect]) -> ProvenanceMap:
    """Labels of a picture whose edge was repeated there: nobody knows what was."""
    return _said(canvas, strips, lambda _strip, missing: (missing, np.zeros(missing.shape, np.int8)))


def filled(canvas: Canvas, strips: Sequence[Rect], donor: Donor, offsets: Sequence[int]) -> ProvenanceMap:
    """Fill the strips from the first of the donors at `offsets` that shows each pixel; returns the labels.

    A donor's light is matched along the old edge. What no donor shows repeats the edge and counts as invented.
    """

    def treat(strip: Rect, missing: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.int8]]:
        given = np.zeros(missing.shape, np.int8)
        left = missing.copy()
        for offset in offsets:
            if not left.any():
                break
            found = donor(offset)
            if found is None:
                continue
            frame, there = found
            took = left & ~beyond(there, canvas.lie(0), strip, (frame.width, frame.height), canvas.fields)
            if took.any():
                for index in range(len(canvas.planes)):
                    _give(canvas, index, strip, frame.planes[index], there, took)
                given[took] = offset
                left &= ~took
        return left, given

    return _said(canvas, strips, treat)


def _said(
    canvas: Canvas,
    strips: Sequence[Rect],
    treat: Callable[[Rect, NDArray[np.bool_]], tuple[NDArray[np.bool_], NDArray[np.int8]]],
) -> ProvenanceMap:
    shape = canvas.frame.height, canvas.frame.width
    labels, donors = np.full(shape, Origin.ADJUSTED, np.uint8), np.zeros(shape, np.int8)
    done = np.zeros(shape, np.bool_)
    for strip in strips:
        place = _slices(strip)
        missing = _beyond(canvas, 0, strip) & ~done[place]
        left, given = treat(strip, missing)
        labels[place][given != 0] = Origin.TRANSPORTED
        labels[place][left] = Origin.SYNTHESISED
        donors[place][given != 0] = given[given != 0]
        done[place] |= missing
    return ProvenanceMap(labels, np.broadcast_to(np.uint8(255), shape), donors)


def _give(
    canvas: Canvas, index: int, strip: Rect, plane: Plane, there: NDArray[np.float64], took: NDArray[np.bool_]
) -> None:
    """Lay a donor's samples over `took` (luma pixels of the strip)."""
    lie, fields = canvas.lie(index), canvas.fields
    size = plane.shape[1], plane.shape[0]
    cut = _on_plane(strip, canvas.frame, index)
    wide = cut.grown(_BAND, Rect(0, 0, *size))
    values = resampled(plane, there, lie, wide, fields)
    unknown = beyond(canvas.back, lie, wide, size, fields)
    both = ~unknown & ~beyond(there, lie, wide, size, fields)
    own = canvas.planes[index][_slices(wide)]
    match = np.float32(np.median((own - values)[both])) if both.any() else np.float32(0)
    inner = np.s_[cut.y - wide.y : cut.bottom - wide.y, cut.x - wide.x : cut.right - wide.x]
    step_x, step_y = -(-strip.width // cut.width), -(-strip.height // cut.height)
    taken = took if (step_x, step_y) == (1, 1) else took[::step_y, ::step_x]
    # At the seam a chroma sample may colour pixels of both sides: what the frame itself shows stays.
    taken = taken & unknown[inner]
    target = canvas.planes[index][_slices(cut)]
    target[taken] = (values[inner] + match)[taken]


def _beyond(canvas: Canvas, index: int, cut: Rect) -> NDArray[np.bool_]:
    plane = canvas.frame.planes[index]
    return beyond(canvas.back, canvas.lie(index), cut, (plane.shape[1], plane.shape[0]), canvas.fields)


def _on_plane(strip: Rect, frame: Frame, index: int) -> Rect:
    layout = frame.format
    if layout.family != "yuv" or index not in (1, 2):
        return strip
    x, y = strip.x // layout.chroma_x, strip.y // layout.chroma_y
    return Rect(x, y, -(-strip.right // layout.chroma_x) - x, -(-strip.bottom // layout.chroma_y) - y)


def _slices(cut: Rect) -> tuple[slice, slice]:
    return slice(cut.y, cut.bottom), slice(cut.x, cut.right)
