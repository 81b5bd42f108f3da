"""Repairing one region of one frame, and laying finished patches into the picture and its provenance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.cancel import CancelToken
from engines.masks import Coverage, Mask
from engines.provenance import Origin, ProvenanceMap
from engines.repair.cells import max_in, picture_planes, repeated, steps
from engines.repair.donors import Donors, Travel, View
from engines.repair.spatial import fill_from_surroundings
from engines.repair.spread import Field
from engines.repair.transport import Canvas, open_canvas, transport
from engines.repair.windows import Region
from engines.stages.base import Rendered
from engines.types import PixelFormat, Plane, Rect

# Invented content is never more than a guess; its confidence falls by e over this many pixels from the known.
_GUESS, _GUESS_REACH = 0.5, 8.0


@dataclass(frozen=True)
class Recipe:
    """search: frames each side. feather: px beyond the mask. grain: 0..1. invent: fill what no frame has."""

    search: int
    feather: int
    grain: float
    invent: bool


@dataclass(frozen=True, eq=False)
class Patch:
    """A repaired window. weight: H x W, 0..1, how much of `planes` (float32 code values) is laid over the picture.

    provenance: the window's own labels, SOURCE where nothing changes.
    """

    window: Rect
    planes: tuple[Field, ...]
    weight: Field
    provenance: ProvenanceMap
    invented: bool
    missing: Mask
    """What no frame had and was left as it is."""

    @property
    def left(self) -> bool:
        return bool(self.missing.any())

    @property
    def nbytes(self) -> int:
        own = self.provenance.nbytes + self.weight.nbytes + self.missing.nbytes
        return own + sum(plane.nbytes for plane in self.planes)


def repair(
    current: View,
    region: Region,
    donors: Donors,
    travel: Travel,
    recipe: Recipe,
    seed: tuple[int, ...],
    cancel: CancelToken,
) -> Patch:
    """Fill a region's hole. Raises Cancelled, MaskError."""
    weight = _feathered(region, recipe.feather)
    wanted = Region(region.window, weight > 0, region.unknown | (weight > 0), region.coverage)
    canvas = open_canvas(current, wanted)
    transport(canvas, current, wanted, donors, travel, recipe.search, recipe.grain, cancel)
    cancel.check()
    # A feathered rim that no donor has simply stays.
    missing = canvas.remaining & region.hole
    weight[canvas.remaining & ~region.hole] = 0.0
    layout = current.frame.format
    if missing.any() and recipe.invent:
        unknown = region.unknown & ~region.hole
        canvas.planes = fill_from_surroundings(
            canvas.planes, missing, unknown, current.frame, region.window, recipe.grain, seed, cancel
        )
    elif missing.any():
        weight[missing] = 0.0
    provenance = _provenance(canvas, weight, missing, recipe.invent, layout)
    invented = recipe.invent and bool(missing.any())
    left = np.zeros_like(missing) if recipe.invent else missing
    return Patch(region.window, tuple(canvas.planes), weight, provenance, invented, left)


def apply(whole: Rendered, patches: Sequence[Patch]) -> Rendered:
    """The picture with patches laid over it; every sample no patch covers is the picture's own, bit for bit."""
    frame = whole.frame
    planes = list(frame.planes)
    labels = np.zeros((frame.height, frame.width), np.uint8)
    confidence = np.full((frame.height, frame.width), 255, np.uint8)
    donor = np.zeros((frame.height, frame.width), np.int8)
    for index in picture_planes(frame):
        planes[index] = planes[index].copy()
    for patch in patches:
        for index in picture_planes(frame):
            _lay(planes[index], patch, index, steps(frame, index), frame.format)
        cut = np.s_[patch.window.y : patch.window.bottom, patch.window.x : patch.window.right]
        own = patch.provenance
        wins = (own.labels > labels[cut]) | ((own.labels == labels[cut]) & (own.confidence < confidence[cut]))
        labels[cut] = np.where(wins, own.labels, labels[cut])
        confidence[cut] = np.where(wins, own.confidence, confidence[cut])
        donor[cut] = np.where(wins, own.donor, donor[cut])
    return Rendered(frame.with_planes(tuple(planes)), whole.provenance.merge(ProvenanceMap(labels, confidence, donor)))


def left_of(damage: Coverage, patches: Sequence[Patch]) -> Coverage | None:
    """The part of `damage` that patches left as it was; None where they left nothing."""
    left = np.zeros_like(damage)
    for patch in patches:
        cut = np.s_[patch.window.y : patch.window.bottom, patch.window.x : patch.window.right]
        left[cut] = np.where(patch.missing, damage[cut], left[cut])
    return left if left.any() else None


def _lay(plane: Plane, patch: Patch, index: int, step: tuple[int, int], layout: PixelFormat) -> None:
    weight = max_in(patch.weight, step)
    y, x = patch.window.y // step[1], patch.window.x // step[0]
    below = plane[y : y + weight.shape[0], x : x + weight.shape[1]]
    changed = weight > 0
    old, new, share = below[changed].astype(np.float32), patch.planes[index][changed], weight[changed]
    values = np.where(share >= 1.0, new, old + share * (new - old))
    if plane.dtype.kind == "u":
        values = np.clip(np.rint(values), 0, layout.peak)
    below[changed] = values.astype(plane.dtype)


def _feathered(region: Region, feather: int) -> Field:
    """The hole's coverage, 1 falling to 0 over `feather` pixels around what is fully painted; 0 on other damage."""
    painted = np.where(region.hole, region.coverage, np.uint8(0)).astype(np.float32) / np.float32(255)
    if feather == 0:
        return np.asarray(painted, np.float32)
    distance = cv2.distanceTransform((painted < 1).astype(np.uint8), cv2.DIST_L2, 5)
    weight = np.clip(1.0 - distance / (feather + 1.0), 0.0, 1.0).astype(np.float32)
    weight[region.unknown & ~region.hole] = 0.0
    return np.asarray(np.maximum(weight, painted), np.float32)


def _provenance(canvas: Canvas, weight: Field, missing: Mask, invent: bool, layout: PixelFormat) -> ProvenanceMap:
    changed = weight > 0
    labels = np.where(changed, canvas.labels, 0).astype(np.uint8)
    confidence = np.where(changed, np.rint(canvas.confidence * 255), 255).astype(np.uint8)
    donor = np.where(changed, canvas.donor, 0).astype(np.int8)
    if invent:
        depth = cv2.distanceTransform(missing.astype(np.uint8), cv2.DIST_L2, 3)
        guess = np.rint(255 * _GUESS * np.exp(-depth / _GUESS_REACH)).astype(np.uint8)
        labels[missing], confidence[missing], donor[missing] = Origin.SYNTHESISED, guess[missing], 0
    else:
        confidence[missing] = 0
    return ProvenanceMap(*_shared(labels, confidence, donor, changed, (layout.chroma_x, layout.chroma_y)))


def _shared(
    labels: NDArray[np.uint8],
    confidence: NDArray[np.uint8],
    donor: NDArray[np.int8],
    changed: Mask,
    step: tuple[int, int],
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.int8]]:
    """Pixels that only share a changed chroma sample get the strongest label of their cell."""
    if step == (1, 1):
        return labels, confidence, donor
    height, width = labels.shape
    strongest = repeated(max_in(labels.astype(np.float32), step), step, (height, width)).astype(np.uint8)
    doubt = repeated(max_in(np.where(changed, 255.0 - confidence, 0.0), step), step, (height, width))
    offsets = repeated(max_in(donor.astype(np.float32) + 128.0 * changed, step), step, (height, width))
    touched = ~changed & (strongest > 0)
    labels = np.where(touched, strongest, labels)
    confidence = np.where(touched, np.minimum(confidence, 255 - doubt.astype(np.uint8)), confidence)
    donor = np.where(touched & (strongest == Origin.TRANSPORTED), offsets - 128.0, donor).astype(np.int8)
    return labels, confidence, donor
