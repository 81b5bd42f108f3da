"""A piece of the picture being filled from donors brought onto it: who leads, who is mixed in, what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.luma import code_range
from engines.masks import Mask
from engines.repair.cells import any_in, mean_in, picture_planes, steps
from engines.repair.grain_bank import GrainBank, regrained
from engines.repair.spread import Field
from engines.types import Frame

# Two donors that differ by more than this (nominal luma) show different things: mixing them would ghost.
_GHOST = 0.06
# A donor that fits this much worse than the leading one gives nothing; from `_EVEN` on, half.
_WORSE, _EVEN = 0.35, 0.8
# How much of a difference between two donors (Gaussian mean of this radius) counts as each one's misfit.
_DOUBT, _APART = 0.4, 4.0
# Pixels: what donors give of a piece that they do not give wholly must be this wide.
_BROAD = 9


@dataclass(eq=False)
class Canvas:
    """All maps have the luma size (H x W), planes their own, in float32 code values."""

    planes: list[Field]
    remaining: Mask
    labels: NDArray[np.uint8]
    """`Origin`, TRANSPORTED or higher where filled."""
    donor: NDArray[np.int8]
    confidence: Field
    left: Field
    """Share of the grain's variance that is in what was filled: 1 of one donor's, less of a mean."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A donor moved and exposed to fit. planes: as in Canvas. luma: nominal. trust: 0..1. usable: sound there.

    labels: where the donor's own samples came from, at least TRANSPORTED. misfit: mean absolute luma difference to the
    known surroundings, continued into the hole; nominal.
    """

    offset: int
    planes: list[Field]
    luma: Field
    trust: Field
    usable: Mask
    labels: NDArray[np.uint8]
    misfit: Field


def opened(planes: list[Field], hole: Mask) -> Canvas:
    """Nothing filled yet. planes are copied."""
    shape = hole.shape
    return Canvas(
        [plane.copy() for plane in planes],
        hole.copy(),
        np.zeros(shape, np.uint8),
        np.zeros(shape, np.int8),
        np.zeros(shape, np.float32),
        np.ones(shape, np.float32),
    )


def nominal_luma(planes: Sequence[Field], frame: Frame) -> Field:
    """Nominal luma of float planes, up to the weights of RGB (green serves)."""
    black, white = code_range(frame.format, frame.colour)
    index = 1 if frame.format.family == "rgb" else 0
    return np.asarray((planes[index] - np.float32(black)) * np.float32(1.0 / (white - black)), np.float32)


def fill(canvas: Canvas, frame: Frame, candidates: Sequence[Candidate], limit: Field, noise: float) -> None:
    """Fill what one or two candidates can give, where their misfit is within `limit` (H x W, nominal).

    The donor that fits best leads in each connected piece; the other is averaged in where both show the same.
    noise: nominal standard deviation of the grain, which is no misfit.
    """
    candidates = _doubted(candidates, noise)
    good = [c.usable & (c.misfit <= limit) for c in candidates]
    scores = [
        np.where(g, c.trust + 0.05, 0.0) / (c.misfit + 0.1 * noise + 5e-4)
        for c, g in zip(candidates, good, strict=True)
    ]
    lead, filled = _leaders(canvas.remaining, scores, good)
    share = _share(candidates, good, lead)
    first = lead == 0
    for index in picture_planes(frame):
        step = steps(frame, index)
        place = any_in(filled, step)
        canvas.planes[index] = np.where(
            place, _mixed(index, candidates, first, share, filled, step), canvas.planes[index]
        )
    canvas.left[filled] = (np.square(1.0 - share) + np.square(share))[filled]
    strongest = np.max([c.labels for c in candidates], axis=0)
    for number, candidate in enumerate(candidates):
        mine = filled & (lead == number)
        sure = candidate.trust * np.exp(-np.maximum(candidate.misfit - 1.2 * noise, 0.0) / 0.05)
        canvas.donor[mine] = candidate.offset
        canvas.labels[mine] = strongest[mine]
        canvas.confidence[mine] = np.clip(sure[mine], 0.02, 1.0)
    canvas.remaining &= ~filled


def regrain(
    canvas: Canvas, frame: Frame, place: Mask, bank: GrainBank | None, amount: float, seed: tuple[int, ...]
) -> None:
    """Give what was filled at `place` (H x W) this frame's own grain instead of its donors'."""
    if bank is None or not place.any():
        return
    tones = np.asarray(cv2.GaussianBlur(nominal_luma(canvas.planes, frame), (0, 0), 3.0), np.float32)
    quilts = bank.quilt(tones, place, seed)
    for index in picture_planes(frame):
        step = steps(frame, index)
        sigma = bank.sigma(index, mean_in(tones, step))
        plane = canvas.planes[index]
        fresh = regrained(plane, mean_in(canvas.left, step), list(quilts[index]), list(sigma), amount)
        canvas.planes[index] = np.where(any_in(place, step), fresh, plane)


def _doubted(candidates: Sequence[Candidate], noise: float) -> Sequence[Candidate]:
    """Where two donors show different things neither is relied upon: what sets them apart adds to their misfit."""
    if len(candidates) != 2:
        return candidates
    a, b = candidates
    both = np.asarray(a.usable & b.usable, np.float32)
    apart = cv2.GaussianBlur(np.abs(a.luma - b.luma) * both, (0, 0), _APART)
    doubt = np.asarray(_DOUBT * np.maximum(apart - np.float32(noise), 0.0), np.float32)
    return [replace(candidate, misfit=candidate.misfit + doubt) for candidate in candidates]


def _leaders(remaining: Mask, scores: list[NDArray[np.floating]], good: list[Mask]) -> tuple[NDArray[np.int8], Mask]:
    """Per pixel the index of the donor that leads, one per connected piece where it can; and what is filled."""
    lead = np.zeros(remaining.shape, np.int8)
    count, labels = cv2.connectedComponents(remaining.astype(np.uint8), connectivity=8)
    totals = [np.bincount(labels.ravel(), weights=score.ravel(), minlength=count) for score in scores]
    lead[:] = np.argmax(np.stack(totals), axis=0)[labels]
    filled = np.zeros_like(remaining)
    for number, valid in enumerate(good):
        filled |= valid & (lead == number)
    for number, valid in enumerate(good):
        second = valid & ~filled & remaining
        lead[second] = number
        filled |= second
    return lead, filled & remaining & _broad(filled | ~remaining)


def _broad(known: Mask) -> Mask:
    """Without islands and spits narrower than `_BROAD`: shards of another time in the midst of what is guessed show."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_BROAD, _BROAD))
    return cv2.morphologyEx(known.view(np.uint8), cv2.MORPH_OPEN, kernel).view(np.bool_)


def _share(candidates: Sequence[Candidate], good: list[Mask], lead: NDArray[np.int8]) -> Field:
    """How much of the donor that does not lead is mixed in: up to a half."""
    if len(candidates) == 1:
        return np.zeros(lead.shape, np.float32)
    a, b = candidates
    difference = cv2.GaussianBlur(np.abs(a.luma - b.luma), (0, 0), 2.0)
    alike = np.exp(-np.square(difference / _GHOST))
    leading, other = (np.where(lead == 0, x, y) for x, y in ((a.misfit, b.misfit), (b.misfit, a.misfit)))
    fits = np.clip(((leading + 1e-4) / (other + 1e-4) - _WORSE) / (_EVEN - _WORSE), 0.0, 1.0)
    soft = np.where(lead == 0, _soft(good[1]), _soft(good[0]))
    return np.asarray(0.5 * alike * fits * soft, np.float32)


def _soft(mask: Mask) -> Field:
    """1 deep inside, falling to 0 at the edge within about 3 pixels: where a second donor ends, no step shows."""
    distance = cv2.distanceTransform(np.pad(mask.astype(np.uint8), 1, constant_values=1), cv2.DIST_L2, 3)[1:-1, 1:-1]
    return np.asarray(np.minimum(distance / 4.0, 1.0), np.float32)


def _mixed(
    index: int, candidates: Sequence[Candidate], first: Mask, share: Field, filled: Mask, step: tuple[int, int]
) -> Field:
    if len(candidates) == 1:
        return candidates[0].planes[index]
    a, b = candidates[0].planes[index], candidates[1].planes[index]
    of_first: Field = np.where(first, 1.0 - share, share).astype(np.float32)
    if step != (1, 1):
        # Only the pixels that are filled say whose chroma a sample gets: beside them a donor may be damaged.
        held = filled.astype(np.float32)
        of_first = np.asarray(mean_in(of_first * held, step) / np.maximum(mean_in(held, step), 1e-6), np.float32)
    return np.asarray(b + of_first * (a - b), np.float32)
