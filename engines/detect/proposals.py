"""Damage that a detector proposes: where, how sure, and what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engines.analysis.shot_analysis import Arrays
from engines.masks import Coverage
from engines.types import FrameNo, Rect

Kind = Literal["dirt", "scratch"]
Polarity = Literal["bright", "dark"]
_KINDS: tuple[Kind, ...] = ("dirt", "scratch")
_POLARITIES: tuple[Polarity, ...] = ("bright", "dark")


@dataclass(frozen=True)
class Proposal:
    """One thing found in one frame. box: around it, in pixels of the picture searched. confidence: 0..1."""

    frame: FrameNo
    kind: Kind
    box: Rect
    area: int
    confidence: float
    polarity: Polarity


@dataclass(frozen=True, eq=False)
class Detections:
    """labels: H x W int32, 0 = nothing, k = part of `proposals[k - 1]`."""

    labels: NDArray[np.int32]
    proposals: tuple[Proposal, ...]

    def __post_init__(self) -> None:
        self.labels.setflags(write=False)

    @property
    def nbytes(self) -> int:
        """Memory held, nearly."""
        return self.labels.nbytes + 200 * len(self.proposals)

    def coverage(self, confidence: float) -> Coverage:
        """H x W uint8: 255 where something was found with at least this confidence."""
        chosen = np.zeros(len(self.proposals) + 1, np.uint8)
        for number, proposal in enumerate(self.proposals, start=1):
            chosen[number] = 255 if proposal.confidence >= confidence else 0
        return chosen[self.labels]

    def packed(self) -> Arrays:
        """As small arrays, for keeping; `unpacked` is the inverse."""
        places = np.flatnonzero(self.labels)
        rows = [
            (p.frame, _KINDS.index(p.kind), p.box.x, p.box.y, p.box.width, p.box.height, p.area,
             _POLARITIES.index(p.polarity))
            for p in self.proposals
        ]  # fmt: skip
        return {
            "size": np.asarray(self.labels.shape, np.int64),
            "places": places.astype(np.uint32),
            "labels": self.labels.ravel()[places].astype(np.int32),
            "proposals": np.asarray(rows, np.int64).reshape(-1, 8),
            "confidence": np.asarray([p.confidence for p in self.proposals], np.float64),
        }

    @classmethod
    def unpacked(cls, arrays: Arrays) -> Detections:
        """From what `packed` gave."""
        labels = np.zeros([int(side) for side in arrays["size"]], np.int32)
        labels.ravel()[arrays["places"]] = arrays["labels"]
        proposals = []
        for row, confidence in zip(arrays["proposals"].tolist(), arrays["confidence"].tolist(), strict=True):
            frame, kind, x, y, width, height, area, polarity = row
            box = Rect(x, y, width, height)
            proposals.append(Proposal(frame, _KINDS[kind], box, area, confidence, _POLARITIES[polarity]))
        return cls(labels, tuple(proposals))
