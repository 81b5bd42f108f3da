"""Where every pixel came from: the labels, the map that travels with each frame, and how maps combine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.types import Rect

# How far away, in frames, a recorded donor may be: five bits of the provenance track hold it.
FARTHEST_DONOR = 15


class Origin(IntEnum):
    """Ordered: when stages are chained, a pixel takes the highest label that any stage gave it."""

    SOURCE = 0
    """The scan's own sample, bit-identical."""
    ADJUSTED = 1
    """A deterministic, smooth function of the source pixel and its neighbours that adds no detail."""
    TRANSPORTED = 2
    """Real picture content moved here from another frame; the donor is recorded."""
    ESTIMATED = 3
    """The conditional mean of a learned model; smooth where the source is silent."""
    SYNTHESISED = 4
    """Detail that the source does not determine; always flagged."""


@dataclass(frozen=True)
class FlagRule:
    """When the picture between a faithful and a perceptual end counts as invented.

    least: a pixel whose confidence (0..255) falls below this is SYNTHESISED. bend: at slider position `share`,
    confidence has gone share ** bend of the way from the faithful to the perceptual end's.
    """

    least: int
    bend: float


_ONE = Rect(0, 0, 1, 1)


@dataclass(frozen=True, eq=False)
class ProvenanceMap:
    """One label, confidence and donor per luma pixel, H x W each, read-only.

    labels: uint8 `Origin`. confidence: uint8, 0..255 for 0..1. donor: int8 frame offset of the donor (n + donor is
    the frame that gave the pixel), 0 where the pixel was not transported.
    """

    labels: NDArray[np.uint8]
    confidence: NDArray[np.uint8]
    donor: NDArray[np.int8]

    def __post_init__(self) -> None:
        for plane in (self.labels, self.confidence, self.donor):
            if plane.shape != self.labels.shape:
                raise ValueError(f"provenance planes differ in size: {plane.shape} and {self.labels.shape}")
            plane.setflags(write=False)

    @classmethod
    def uniform(
        cls, width: int, height: int, origin: Origin = Origin.SOURCE, confidence: float = 1.0, donor: int = 0
    ) -> ProvenanceMap:
        """The same label, confidence (0..1) and donor everywhere, without storage per pixel."""
        shape = (height, width)
        return cls(
            np.broadcast_to(np.uint8(origin), shape),
            np.broadcast_to(np.uint8(round(confidence * 255)), shape),
            np.broadcast_to(np.int8(donor), shape),
        )

    @property
    def width(self) -> int:
        return int(self.labels.shape[1])

    @property
    def height(self) -> int:
        return int(self.labels.shape[0])

    @property
    def nbytes(self) -> int:
        planes = (self.labels, self.confidence, self.donor)
        return sum(p.nbytes for p in planes if all(p.strides))

    def crop(self, region: Rect) -> ProvenanceMap:
        cut = np.s_[region.y : region.bottom, region.x : region.right]
        return ProvenanceMap(self.labels[cut], self.confidence[cut], self.donor[cut])

    def merge(self, later: ProvenanceMap) -> ProvenanceMap:
        """Chain with what a later stage said of its own output: highest label wins, with its confidence and donor.

        Where both gave the same label the lower confidence stays.
        """
        if self.same_everywhere and later.same_everywhere and self.labels.shape == later.labels.shape:
            # Most stages of colour treat all pixels alike: one of them stands for all.
            one = self.crop(_ONE)._merged(later.crop(_ONE))
            planes = (one.labels, one.confidence, one.donor)
            return ProvenanceMap(*(np.broadcast_to(plane[0, 0], self.labels.shape) for plane in planes))
        return self._merged(later)

    @property
    def same_everywhere(self) -> bool:
        """Whether it was made as `uniform` and needs no storage per pixel."""
        return not any(stride for plane in (self.labels, self.confidence, self.donor) for stride in plane.strides)

    def _merged(self, later: ProvenanceMap) -> ProvenanceMap:
        wins = later.labels > self.labels
        same = later.labels == self.labels
        confidence = np.where(wins, later.confidence, self.confidence)
        confidence = np.where(same, np.minimum(later.confidence, self.confidence), confidence)
        donor = np.where(wins | (same & (later.donor != 0)), later.donor, self.donor)
        return ProvenanceMap(np.maximum(self.labels, later.labels), confidence, donor)

    def resize(self, factor: int) -> ProvenanceMap:
        """Enlarge by an integer factor, each label covering factor x factor pixels."""
        if factor == 1:
            return self
        grow = _repeat_uint8(self.labels, factor), _repeat_uint8(self.confidence, factor)
        return ProvenanceMap(*grow, _repeat_int8(self.donor, factor))

    def reduced(self, factor: int) -> ProvenanceMap:
        """Shrink by an integer factor, sizes rounded up: each block has its highest label, with the least confidence
        and a donor of the pixels that have it.
        """
        if factor == 1:
            return self
        labels = _blocks(self.labels, factor)
        highest = labels.max(axis=(1, 3))
        under = labels == highest[:, None, :, None]
        confidence = np.where(under, _blocks(self.confidence, factor), 255).min(axis=(1, 3))
        donors = np.where(under, _blocks(self.donor, factor), 0)
        before, after = donors.min(axis=(1, 3)), donors.max(axis=(1, 3))
        farthest = np.where(-before > after, before, after)
        return ProvenanceMap(highest, confidence.astype(np.uint8), farthest.astype(np.int8))

    def shares(self) -> Mapping[str, float]:
        """Share of the pixels (0..1) under each label, by name."""
        counts = np.bincount(self.labels.ravel(), minlength=len(Origin))
        return {origin.name: float(counts[origin]) / self.labels.size for origin in Origin}


def _blocks(plane: NDArray[Any], factor: int) -> NDArray[Any]:
    """rows x factor x columns x factor; what reaches beyond the edge repeats it."""
    height, width = plane.shape
    padded: NDArray[Any] = np.pad(plane, ((0, -height % factor), (0, -width % factor)), mode="edge")
    return padded.reshape(padded.shape[0] // factor, factor, padded.shape[1] // factor, factor)


def _repeat_uint8(plane: NDArray[np.uint8], factor: int) -> NDArray[np.uint8]:
    return plane.repeat(factor, axis=0).repeat(factor, axis=1)


def _repeat_int8(plane: NDArray[np.int8], factor: int) -> NDArray[np.int8]:
    return plane.repeat(factor, axis=0).repeat(factor, axis=1)


def chroma_cells(mask: NDArray[np.bool_], step_x: int, step_y: int) -> NDArray[np.bool_]:
    """Which chroma samples colour at least one pixel of an H x W mask; sizes round up as the planes' do."""
    height, width = mask.shape
    padded: NDArray[Any] = np.pad(mask, ((0, -height % step_y), (0, -width % step_x)))
    cells = padded.reshape(padded.shape[0] // step_y, step_y, padded.shape[1] // step_x, step_x)
    return np.asarray(cells.any(axis=(1, 3)))
