"""Filling a damaged window with content moved here from other frames of the shot."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.cancel import CancelToken
from engines.masks import Mask
from engines.motion import flow_for_plane, warp
from engines.provenance import Origin
from engines.repair.align import Aligned, align, grown, promises, refine_pair
from engines.repair.canvas import Candidate, Canvas, fill, nominal_luma
from engines.repair.cells import any_in, cut, mean_in, picture_planes, steps
from engines.repair.donors import Donors, View
from engines.repair.exposure import matched
from engines.repair.journeys import Journeys
from engines.repair.spread import Field, smoothed, spread
from engines.repair.windows import Region, regions
from engines.types import Rect

# How far around the hole a donor is judged, in pixels.
_RING = 12
# A donor next to the frame may miss the surroundings by so much of what a smooth continuation would; one two frames
# away by half of that, and so on.
_BETTER = 1.0
# Scales of that continuation, and how far around a place it is judged, as Gaussian radii in pixels.
_FINEST, _COARSEST, _LOCAL = 2.0, 12.0, 4.0


def transport(
    canvas: Canvas,
    current: View,
    region: Region,
    donors: Donors,
    journeys: Journeys,
    search: int,
    noise: float,
    cancel: CancelToken,
) -> None:
    """Fill as much of the canvas as donors up to `search` frames away can give.

    noise: nominal standard deviation of the frame's grain. Raises Cancelled.
    """
    for distance in range(1, search + 1):
        sides = [
            view
            for sign in (-1, 1)
            if (view := donors(sign * distance)) is not None
            and (distance == 1 or _hopeful(view, canvas, donors(sign), journeys, region.window))
        ]
        # What is still missing after the nearest donors is little: it is not worth the whole window again.
        parts = [region] if distance == 1 else _rest(canvas, current, region)
        for part in parts:
            piece = canvas if part is region else _piece(canvas, current, region, part)
            _filled_from(piece, current, part, sides, journeys, noise, cancel)
            if piece is not canvas:
                _put_back(canvas, piece, current, region, part)
        if not canvas.remaining.any():
            return


def _hopeful(far: View, canvas: Canvas, near: View | None, journeys: Journeys, window: Rect) -> bool:
    """Whether a farther donor may show what remains, if the motion to the nearest goes on: asked before it is matched.

    Scratches that persist would otherwise have each frame matched with all within reach, for nothing.
    """
    if near is None:
        return True
    rough = journeys.to(near).window(window) * np.float32(abs(far.offset))
    return promises(far, rough, canvas.remaining, window)


def _filled_from(
    canvas: Canvas,
    current: View,
    region: Region,
    sides: list[View],
    journeys: Journeys,
    noise: float,
    cancel: CancelToken,
) -> None:
    """Fill what one or two donors can give."""
    aligned = []
    picture = _picture(canvas, current, region)
    for view in sides:
        cancel.check()
        match = align(picture, _unfilled(canvas, region), canvas.remaining, view, region.window, journeys)
        if match is not None:
            aligned.append(match)
    if len(aligned) == 2:
        aligned = list(refine_pair(aligned[0], aligned[1], canvas.remaining, region.window))
    cancel.check()
    if aligned:
        candidates = [_candidate(canvas, current, region, a, noise) for a in aligned]
        share = np.float32(_BETTER / abs(candidates[0].offset))
        limit = share * _guesswork(canvas, current, region) + np.float32(1.2 * noise + 0.004)
        fill(canvas, current.frame, candidates, np.asarray(limit, np.float32), noise)


def _rest(canvas: Canvas, current: View, region: Region) -> list[Region]:
    """What remains of a region, in windows of its own (in the picture's pixels)."""
    layout = current.frame.format
    unfilled = _unfilled(canvas, region)
    found = regions(canvas.remaining, unfilled, region.weight, layout.chroma_x, layout.chroma_y)
    return [replace(part, window=part.window.moved(region.window.x, region.window.y)) for part in found]


def _piece(canvas: Canvas, current: View, region: Region, part: Region) -> Canvas:
    """A copy of the canvas in the window of `part`."""
    inner = part.window.moved(-region.window.x, -region.window.y)
    planes = [
        cut(plane, inner, steps(current.frame, i)).copy()
        for i, plane in zip(picture_planes(current.frame), canvas.planes, strict=True)
    ]
    own = np.s_[inner.y : inner.bottom, inner.x : inner.right]
    return Canvas(
        planes,
        part.hole.copy(),
        canvas.labels[own].copy(),
        canvas.donor[own].copy(),
        canvas.confidence[own].copy(),
        canvas.left[own].copy(),
    )


def _put_back(canvas: Canvas, piece: Canvas, current: View, region: Region, part: Region) -> None:
    """What a piece filled goes where it was cut from."""
    inner = part.window.moved(-region.window.x, -region.window.y)
    own = np.s_[inner.y : inner.bottom, inner.x : inner.right]
    filled = part.hole & ~piece.remaining
    for whole, new in (
        (canvas.labels, piece.labels),
        (canvas.donor, piece.donor),
        (canvas.confidence, piece.confidence),
        (canvas.left, piece.left),
    ):
        whole[own][filled] = new[filled]
    canvas.remaining[own][filled] = False
    for index, new in zip(picture_planes(current.frame), piece.planes, strict=True):
        step = steps(current.frame, index)
        y, x = inner.y // step[1], inner.x // step[0]
        place = any_in(filled, step)
        canvas.planes[index][y : y + new.shape[0], x : x + new.shape[1]][place] = new[place]


def _unfilled(canvas: Canvas, region: Region) -> Mask:
    """What is still not known in the window: the hole's rest and the neighbours' damage."""
    return canvas.remaining | (region.unknown & ~region.hole)


def _picture(canvas: Canvas, current: View, region: Region) -> Field:
    """The window's luma as far as known, the rest filled smoothly."""
    luma = nominal_luma(canvas.planes, current.frame)
    unfilled = _unfilled(canvas, region)
    return spread(luma, (~grown(unfilled, 1)).astype(np.float32)) if unfilled.any() else luma


def _candidate(canvas: Canvas, current: View, region: Region, aligned: Aligned, noise: float) -> Candidate:
    window, frame = region.window, current.frame
    unfilled = _unfilled(canvas, region)
    near = cv2.distanceTransform((~canvas.remaining).astype(np.uint8), cv2.DIST_L2, 3) <= _RING
    weight = np.asarray(aligned.trust * (aligned.usable & ~unfilled & near), np.float32)
    planes: list[Field] = []
    for index in picture_planes(frame):
        step = steps(frame, index)
        moved = warp(
            aligned.donor.planes[index],
            flow_for_plane(aligned.flow, *step),
            origin=(window.x / step[0], window.y / step[1]),
        )
        known = mean_in(weight, step) * ~any_in(unfilled, step)
        chroma = frame.format.family == "yuv" and index > 0
        planes.append(matched(moved, canvas.planes[index], np.asarray(known, np.float32), gain=not chroma, noise=noise))
    luma = nominal_luma(planes, frame)
    difference = np.abs(luma - nominal_luma(canvas.planes, frame))
    ring = np.asarray(aligned.usable & ~unfilled & near, np.float32)
    misfit = spread(smoothed(np.asarray(difference, np.float32), ring, 3.0), ring)
    labels = _labels(aligned, window)
    return Candidate(aligned.donor.offset, planes, luma, aligned.trust, aligned.usable, labels, misfit)


def _labels(aligned: Aligned, window: Rect) -> NDArray[np.uint8]:
    """What a stage before invented stays flagged when it is moved: the strongest label that the kernel reads."""
    own = aligned.donor.provenance.labels
    lowest = np.full(aligned.trust.shape, Origin.TRANSPORTED, np.uint8)
    if not any(own.strides) and own[0, 0] <= Origin.TRANSPORTED:
        return lowest
    reached = cv2.dilate(np.ascontiguousarray(own), np.ones((9, 9), np.uint8)).astype(np.float32)
    moved = warp(reached, aligned.flow, origin=(window.x, window.y), nearest=True)
    return np.maximum(lowest, moved.astype(np.uint8))


def _guesswork(canvas: Canvas, current: View, region: Region) -> Field:
    """H x W: by how much a smooth continuation into the hole may miss (nominal): what a donor must beat.

    That is how much the surroundings vary on the hole's own scale: a thin stroke across a slope is easily guessed.
    """
    luma, unfilled = nominal_luma(canvas.planes, current.frame), _unfilled(canvas, region)
    known = np.asarray(~grown(unfilled, 1), np.float32)
    deep = float(cv2.distanceTransform(canvas.remaining.astype(np.uint8), cv2.DIST_L2, 3).max())
    rough = np.abs(luma - smoothed(luma, known, min(max(deep, _FINEST), _COARSEST)))
    ring = known * grown(canvas.remaining, _RING)
    return spread(smoothed(np.asarray(rough, np.float32), ring, _LOCAL), ring)
