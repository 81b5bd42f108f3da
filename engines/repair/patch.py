"""Finished repairs as samples to lay into the picture and its provenance; every other sample stays its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.masks import Coverage, Mask
from engines.provenance import Origin, ProvenanceMap
from engines.repair.cells import max_in, picture_planes, repeated, steps
from engines.repair.spread import Field
from engines.stages.base import Rendered
from engines.types import Frame, PixelFormat

Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Samples:
    """Of one plane: flat places, values (code values) and shares (0..1) of them laid over what is there."""

    places: Places
    values: Field
    shares: Field

    @property
    def nbytes(self) -> int:
        """Memory held."""
        return self.places.nbytes + self.values.nbytes + self.shares.nbytes


@dataclass(frozen=True, eq=False)
class Patch:
    """A repair. planes: of each plane that holds picture. said: flat luma places of labels, confidence and donor.

    missing: flat luma places that no frame had and that were left as they are.
    """

    planes: tuple[Samples, ...]
    said: Places
    labels: NDArray[np.uint8]
    confidence: NDArray[np.uint8]
    donor: NDArray[np.int8]
    missing: Places

    @property
    def nbytes(self) -> int:
        """Memory held."""
        own = self.said.nbytes + self.labels.nbytes + self.confidence.nbytes + self.donor.nbytes + self.missing.nbytes
        return own + sum(samples.nbytes for samples in self.planes)

    @property
    def invented(self) -> bool:
        """Whether anything was filled that no frame shows."""
        return bool((self.labels == Origin.SYNTHESISED).any())


@dataclass(frozen=True, eq=False)
class Sheet:
    """A repaired piece of the picture, or several stacked, on the luma grid (H x W); planes on their own grids.

    rows, columns: H x W, where each pixel lies in the picture. weight: 0..1, how much of it is laid over; 0 also on
    pixels that another piece answers for. labels, confidence (0..255) and donor hold where the weight is not 0.
    """

    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    planes: Sequence[Field]
    weight: Field
    labels: NDArray[np.uint8]
    confidence: NDArray[np.uint8]
    donor: NDArray[np.int8]
    missing: Mask


def patched(sheet: Sheet, frame: Frame) -> Patch:
    """The samples of a sheet that change something."""
    planes = []
    for index in picture_planes(frame):
        step = steps(frame, index)
        weight = max_in(sheet.weight, step)
        changed = weight > 0
        wide = frame.planes[index].shape[1]
        rows, columns = sheet.rows[:: step[1], :: step[0]], sheet.columns[:: step[1], :: step[0]]
        places = (rows[changed] // step[1]).astype(np.int64) * wide + columns[changed] // step[0]
        planes.append(Samples(places, np.asarray(sheet.planes[index][changed], np.float32), weight[changed]))
    changed = sheet.weight > 0
    labels = np.where(changed, sheet.labels, 0).astype(np.uint8)
    confidence = np.where(changed | sheet.missing, sheet.confidence, 255).astype(np.uint8)
    donor = np.where(changed, sheet.donor, 0).astype(np.int8)
    step = (frame.format.chroma_x, frame.format.chroma_y)
    labels, confidence, donor = _shared(labels, confidence, donor, changed, step)
    flat = sheet.rows.astype(np.int64) * frame.width + sheet.columns
    said = (labels > 0) | (confidence < 255)
    return Patch(tuple(planes), flat[said], labels[said], confidence[said], donor[said], flat[sheet.missing])


def apply(whole: Rendered, patches: Sequence[Patch]) -> Rendered:
    """The picture with patches laid over it; every sample no patch covers is the picture's own, bit for bit."""
    frame = whole.frame
    planes = list(frame.planes)
    for index in picture_planes(frame):
        planes[index] = planes[index].copy()
        for patch in patches:
            _lay(planes[index], patch.planes[index], frame.format)
    size = frame.width * frame.height
    labels, confidence = np.zeros(size, np.uint8), np.full(size, 255, np.uint8)
    donor = np.zeros(size, np.int8)
    for patch in patches:
        held, sure = labels[patch.said], confidence[patch.said]
        wins = (patch.labels > held) | ((patch.labels == held) & (patch.confidence < sure))
        places = patch.said[wins]
        labels[places], confidence[places] = patch.labels[wins], patch.confidence[wins]
        donor[places] = patch.donor[wins]
    shape = (frame.height, frame.width)
    own = ProvenanceMap(labels.reshape(shape), confidence.reshape(shape), donor.reshape(shape))
    return Rendered(frame.with_planes(tuple(planes)), whole.provenance.merge(own))


def left_of(damage: Coverage, patches: Sequence[Patch]) -> Coverage | None:
    """The part of `damage` that patches left as it was; None where they left nothing."""
    left = np.zeros(damage.size, np.uint8)
    for patch in patches:
        left[patch.missing] = damage.ravel()[patch.missing]
    return left.reshape(damage.shape) if left.any() else None


def _lay(plane: NDArray[np.generic], samples: Samples, layout: PixelFormat) -> None:
    flat = plane.reshape(-1)
    old = flat[samples.places].astype(np.float32)
    values = np.where(samples.shares >= 1.0, samples.values, old + samples.shares * (samples.values - old))
    if plane.dtype.kind == "u":
        values = np.clip(np.rint(values), 0, layout.peak)
    flat[samples.places] = values.astype(plane.dtype)


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
