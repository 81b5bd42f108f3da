"""Filling a damaged window with content moved here from other frames of the shot."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.cancel import CancelToken
from engines.luma import code_range
from engines.masks import Mask
from engines.motion import flow_for_plane, warp
from engines.provenance import Origin
from engines.repair.align import Aligned, align, grown, refine_pair
from engines.repair.cells import any_in, cut, mean_in, picture_planes, steps
from engines.repair.donors import Donors, Travel, View
from engines.repair.exposure import matched, robust_sigma
from engines.repair.spread import Field, smoothed, spread
from engines.repair.windows import Region
from engines.types import Rect

# How far around the hole a donor is judged, in pixels.
_RING = 12
# Differences between two donors up to this many sigmas count as grain and are kept.
_GRAIN_SIGMAS = 2.5
# Two donors that differ by more than this (nominal luma) show different things: mixing them would ghost.
_GHOST = 0.06


@dataclass(eq=False)
class Canvas:
    """A region being filled; all maps have the window's luma size, planes their own, in float32 code values."""

    planes: list[Field]
    remaining: Mask
    labels: NDArray[np.uint8]
    """`Origin`, TRANSPORTED or higher where filled."""
    donor: NDArray[np.int8]
    confidence: Field
    sigma: list[float]
    """Grain of each plane as measured between frames, in code values; 0 where it could not be."""


@dataclass(frozen=True, eq=False)
class _Candidate:
    """A donor warped and exposed to fit. planes: as in Canvas. valid: usable, with its trust."""

    offset: int
    planes: list[Field]
    trust: Field
    usable: Mask
    labels: NDArray[np.uint8]
    """Where the donor's own samples came from, at least TRANSPORTED."""
    misfit: Field
    """Mean absolute luma difference to the known surroundings, continued into the hole; nominal."""


def open_canvas(current: View, region: Region) -> Canvas:
    """Nothing filled yet."""
    frame, shape = current.frame, region.hole.shape
    planes = [cut(frame.planes[i], region.window, steps(frame, i)).copy() for i in picture_planes(frame)]
    zeros = [0.0] * len(planes)
    return Canvas(
        planes,
        region.hole.copy(),
        np.zeros(shape, np.uint8),
        np.zeros(shape, np.int8),
        np.zeros(shape, np.float32),
        zeros,
    )


def transport(
    canvas: Canvas,
    current: View,
    region: Region,
    donors: Donors,
    travel: Travel,
    search: int,
    grain: float,
    cancel: CancelToken,
) -> None:
    """Fill as much of the canvas as donors up to `search` frames away can give.

    grain: 1 keeps one donor's own grain, 0 averages donors. Raises Cancelled.
    """
    for distance in range(1, search + 1):
        if not canvas.remaining.any():
            return
        sides = [view for offset in (-distance, distance) if (view := donors(offset)) is not None]
        aligned = []
        picture = _picture(canvas, current, region)
        for view in sides:
            cancel.check()
            shift = travel.shift(view, region.window)
            match = align(picture, _unfilled(canvas, region), canvas.remaining, view, region.window, shift)
            if match is not None:
                aligned.append(match)
        if len(aligned) == 2:
            aligned = list(refine_pair(aligned[0], aligned[1], canvas.remaining, region.window))
        cancel.check()
        candidates = [_candidate(canvas, current, region, a) for a in aligned]
        if candidates:
            _fill(canvas, current, region, candidates, grain)


def _unfilled(canvas: Canvas, region: Region) -> Mask:
    """What is still not known in the window: the hole's rest and the neighbours' damage."""
    return canvas.remaining | (region.unknown & ~region.hole)


def _picture(canvas: Canvas, current: View, region: Region) -> Field:
    """The window's luma as far as known, the rest filled smoothly."""
    luma = _luma(canvas.planes, current)
    unfilled = _unfilled(canvas, region)
    return spread(luma, (~grown(unfilled, 1)).astype(np.float32)) if unfilled.any() else luma


def _luma(planes: list[Field], current: View) -> Field:
    """Nominal luma of window planes, up to the weights of RGB (green serves)."""
    black, white = code_range(current.frame.format, current.frame.colour)
    index = 1 if current.frame.format.family == "rgb" else 0
    return np.asarray((planes[index] - np.float32(black)) * np.float32(1.0 / (white - black)), np.float32)


def _candidate(canvas: Canvas, current: View, region: Region, aligned: Aligned) -> _Candidate:
    window, frame = region.window, current.frame
    unfilled = _unfilled(canvas, region)
    near = cv2.distanceTransform((~canvas.remaining).astype(np.uint8), cv2.DIST_L2, 3) <= _RING
    weight = np.asarray(aligned.trust * (aligned.usable & ~unfilled & near), np.float32)
    planes: list[Field] = []
    for index in picture_planes(frame):
        step = steps(frame, index)
        moved = warp(
            aligned.donor.frame.planes[index],
            flow_for_plane(aligned.flow, *step),
            origin=(window.x / step[0], window.y / step[1]),
        )
        known = mean_in(weight, step) * ~any_in(unfilled, step)
        chroma = frame.format.family == "yuv" and index > 0
        planes.append(matched(moved, canvas.planes[index], np.asarray(known, np.float32), gain=not chroma))
    difference = np.abs(_luma(planes, current) - _luma(canvas.planes, current))
    ring = np.asarray(aligned.usable & ~unfilled & near, np.float32)
    misfit = spread(smoothed(np.asarray(difference, np.float32), ring, 3.0), ring)
    return _Candidate(aligned.donor.offset, planes, aligned.trust, aligned.usable, _labels(aligned, window), misfit)


def _labels(aligned: Aligned, window: Rect) -> NDArray[np.uint8]:
    """What a stage before invented stays flagged when it is moved: the strongest label that the kernel reads."""
    own = aligned.donor.provenance.labels
    lowest = np.full(aligned.trust.shape, Origin.TRANSPORTED, np.uint8)
    if not any(own.strides) and own[0, 0] <= Origin.TRANSPORTED:
        return lowest
    reached = cv2.dilate(np.ascontiguousarray(own), np.ones((9, 9), np.uint8)).astype(np.float32)
    moved = warp(reached, aligned.flow, origin=(window.x, window.y), nearest=True)
    return np.maximum(lowest, moved.astype(np.uint8))


def _fill(canvas: Canvas, current: View, region: Region, candidates: list[_Candidate], grain: float) -> None:
    activity = _activity(canvas, current, region)
    sigma = _measure_sigma(canvas, current, region, candidates)
    black, white = code_range(current.frame.format, current.frame.colour)
    nominal = sigma[1 if current.frame.format.family == "rgb" else 0] / (white - black)
    limit = 0.8 * activity + 1.2 * nominal + 0.004
    good = [c.usable & (c.misfit <= limit) for c in candidates]
    scores = [
        np.where(g, c.trust + 0.05, 0.0) / (c.misfit + nominal + 0.002) for c, g in zip(candidates, good, strict=True)
    ]
    lead, fill = _leaders(canvas.remaining, scores, good)
    shares = [_soft(g) for g in good]
    ghost = _ghosting(candidates, current) if len(candidates) == 2 else None
    for index in picture_planes(current.frame):
        step = steps(current.frame, index)
        mixed = _mixed(index, candidates, lead, shares, ghost, sigma[index] * grain, step)
        place = any_in(fill, step) if step != (1, 1) else fill
        canvas.planes[index] = np.where(place, mixed, canvas.planes[index])
    quality = np.zeros_like(canvas.confidence)
    strongest = np.max([c.labels for c in candidates], axis=0)
    for number, (candidate, _) in enumerate(zip(candidates, good, strict=True)):
        mine = fill & (lead == number)
        canvas.donor[mine] = candidate.offset
        canvas.labels[mine] = strongest[mine]
        sure = candidate.trust * np.exp(-np.maximum(candidate.misfit - nominal, 0.0) / 0.05)
        quality[mine] = sure[mine]
    canvas.confidence[fill] = np.clip(quality[fill], 0.02, 1.0)
    canvas.sigma = sigma
    canvas.remaining &= ~fill


def _activity(canvas: Canvas, current: View, region: Region) -> float:
    """How much the picture varies around the hole (standard deviation, nominal): what a donor must beat."""
    luma, unfilled = _luma(canvas.planes, current), _unfilled(canvas, region)
    near = grown(canvas.remaining, _RING) & ~grown(unfilled, 1)
    return float(luma[near].std()) if near.any() else 0.0


def _measure_sigma(canvas: Canvas, current: View, region: Region, candidates: list[_Candidate]) -> list[float]:
    """Grain per plane from what differs between aligned frames in the smoother half of the surroundings."""
    unfilled = grown(_unfilled(canvas, region), 2)
    luma = _luma(canvas.planes, current)
    gradient = np.hypot(cv2.Sobel(luma, cv2.CV_32F, 1, 0), cv2.Sobel(luma, cv2.CV_32F, 0, 1))
    result = []
    for index in picture_planes(current.frame):
        step = steps(current.frame, index)
        found = []
        for candidate in candidates:
            calm = candidate.usable & ~unfilled & (candidate.trust > 0.5)
            if not calm.any():
                continue
            calm &= gradient <= np.median(gradient[calm])
            weight = ~any_in(~calm, step)
            if weight.sum() >= 32:
                rest = np.asarray(canvas.planes[index] - candidate.planes[index], np.float32)
                found.append(robust_sigma(rest, weight.astype(np.float32)) / np.sqrt(2.0))
        result.append(float(min(found)) if found else canvas.sigma[index])
    return result


def _leaders(remaining: Mask, scores: list[NDArray[np.float64]], good: list[Mask]) -> tuple[NDArray[np.int8], Mask]:
    """Per pixel the index of the donor that leads, one per connected piece where it can; and what is filled."""
    lead = np.zeros(remaining.shape, np.int8)
    count, labels = cv2.connectedComponents(remaining.astype(np.uint8), connectivity=8)
    totals = [np.bincount(labels.ravel(), weights=score.ravel(), minlength=count) for score in scores]
    lead[:] = np.argmax(np.stack(totals), axis=0)[labels]
    fill = np.zeros_like(remaining)
    for number, valid in enumerate(good):
        fill |= valid & (lead == number)
    for number, valid in enumerate(good):
        second = valid & ~fill & remaining
        lead[second] = number
        fill |= second
    return lead, fill & remaining


def _soft(mask: Mask) -> Field:
    """1 deep inside, falling to 0 at the edge within about 3 pixels: where a second donor ends, no step shows."""
    distance = cv2.distanceTransform(np.pad(mask.astype(np.uint8), 1, constant_values=1), cv2.DIST_L2, 3)[1:-1, 1:-1]
    return np.asarray(np.minimum(distance / 4.0, 1.0), np.float32)


def _ghosting(candidates: list[_Candidate], current: View) -> Field:
    """1 where both donors show the same, falling to 0 where they do not."""
    first, second = (_luma(c.planes, current) for c in candidates)
    difference = cv2.GaussianBlur(np.abs(first - second), (0, 0), 2.0)
    return np.asarray(np.exp(-np.square(difference / _GHOST)), np.float32)


def _mixed(
    index: int,
    candidates: list[_Candidate],
    lead: NDArray[np.int8],
    shares: list[Field],
    ghost: Field | None,
    grain: float,
    step: tuple[int, int],
) -> Field:
    """The leading donor, its error averaged out with the other's where both agree, its grain kept."""
    first = mean_in((lead == 0).astype(np.float32), step)
    if ghost is None:
        return candidates[0].planes[index]
    a, b = candidates[0].planes[index], candidates[1].planes[index]
    leading = first * a + (1.0 - first) * b
    other = first * b + (1.0 - first) * a
    share = np.where(lead == 0, shares[1], shares[0]) * ghost
    mean = leading + 0.5 * mean_in(np.asarray(share, np.float32), step) * (other - leading)
    keep = _GRAIN_SIGMAS * grain
    return np.asarray(mean + np.clip(leading - mean, -keep, keep), np.float32)
