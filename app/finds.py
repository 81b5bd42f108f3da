"""What detectors found in a frame, kept small, and what was decided about it: read off the painted layers."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from app.mask_plane import MaskPlane
from engines.cancel import CancelToken
from engines.detect.proposals import Detections, Proposal
from engines.detect.unmoved import Places, source_places
from engines.graph import Graph, Puller
from engines.types import FrameNo, Rect

Review = Literal["", "accepted", "rejected"]
_MOST = 0.5
"""Share of a proposal's pixels that must be painted for it to count as decided."""


@dataclass(frozen=True, eq=False)
class Found:
    """What one detector proposes in one frame.

    size: of the source, width and height. shown: boxes in source pixels as the treated picture shows them. labels,
    places: of every marked pixel the proposal's number (from 0) and its index in the source picture, row by row.
    """

    stage: str
    size: tuple[int, int]
    proposals: tuple[Proposal, ...]
    shown: tuple[Rect, ...]
    labels: NDArray[np.int32]
    places: NDArray[np.int64]

    @cached_property
    def untouched(self) -> tuple[Rect, ...]:
        """Boxes in the source itself; they differ from those shown where a stage moves the picture."""
        rows, columns = np.divmod(self.places, self.size[0])
        boxes = []
        for number in range(len(self.proposals)):
            mine = self.labels == number
            if not mine.any():
                boxes.append(self.shown[number])
                continue
            x, y = int(columns[mine].min()), int(rows[mine].min())
            boxes.append(Rect(x, y, int(columns[mine].max()) - x + 1, int(rows[mine].max()) - y + 1))
        return tuple(boxes)

    def reviews(self, damage: MaskPlane | None, protect: MaskPlane | None) -> tuple[Review, ...]:
        """What the painted layers of the frame say about each proposal."""
        accepted, rejected = (self._painted(plane) for plane in (damage, protect))
        return tuple(
            "rejected" if no >= _MOST else "accepted" if yes >= _MOST else ""
            for yes, no in zip(accepted, rejected, strict=True)
        )

    def decided(
        self, number: int, damage: MaskPlane | None, protect: MaskPlane | None, *, accept: bool
    ) -> tuple[MaskPlane, MaskPlane]:
        """Both layers with proposal `number` accepted or rejected: it is painted in one and taken out of the other."""
        width, height = self.size
        places = self.places[self.labels == number]
        empty = MaskPlane(width, height)
        into, out_of = (damage, protect) if accept else (protect, damage)
        put, cut = _filled(into or empty, places, 255), _filled(out_of or empty, places, 0)
        return (put, cut) if accept else (cut, put)

    def _painted(self, plane: MaskPlane | None) -> list[float]:
        count = len(self.proposals)
        if plane is None or plane.empty or not count:
            return [0.0] * count
        painted = plane.coverage().ravel()[self.places] >= 128
        areas = np.bincount(self.labels, minlength=count)
        shares = np.bincount(self.labels, weights=painted, minlength=count) / np.maximum(areas, 1)
        return [float(share) for share in shares]


@dataclass(frozen=True, eq=False)
class PackedFinds:
    """What all detectors found in a frame, small enough to be held for every frame of a reel.

    confidences: by stage, of its proposals in order.
    """

    confidences: tuple[tuple[str, NDArray[np.float32]], ...]
    data: bytes

    @classmethod
    def of(cls, founds: Sequence[Found]) -> PackedFinds:
        confidences = tuple(
            (found.stage, np.asarray([proposal.confidence for proposal in found.proposals], np.float32))
            for found in founds
        )
        # Never leaves this process's memory.
        return cls(confidences, zlib.compress(pickle.dumps(tuple(founds), pickle.HIGHEST_PROTOCOL), 1))

    @property
    def empty(self) -> bool:
        return not any(len(values) for _, values in self.confidences)

    def unpacked(self) -> tuple[Found, ...]:
        """What `of` was given."""
        founds: tuple[Found, ...] = pickle.loads(zlib.decompress(self.data))
        return founds


def find_in(puller: Puller, number: FrameNo, cancel: CancelToken) -> tuple[Found, ...]:
    """What the detectors of a graph propose in frame `number`. Raises FrameError, Cancelled."""
    found = []
    for stage, detections in puller.detections(number):
        if not detections.proposals:
            continue
        depth = next(place for place, held in enumerate(puller.graph.stages) if held.name == stage)
        before = puller.graph.before(depth)
        found.append(_placed(stage, detections, before, source_places(before, number, cancel)))
    return tuple(found)


def _placed(stage: str, detections: Detections, before: Graph, moved: tuple[Places, Places] | None) -> Found:
    info, geometry = before.source.info, before.geometry()
    factor = max(geometry.width // info.width, 1)
    rows, columns = np.nonzero(detections.labels)
    labels = detections.labels[rows, columns] - 1
    if moved is None:
        rows, columns = rows // factor, columns // factor
    else:
        rows, columns = (np.rint(axis[rows, columns]).astype(np.int64) for axis in (moved[1], moved[0]))
    boxes = tuple(_smaller(proposal.box, factor) for proposal in detections.proposals)
    places = rows.astype(np.int64) * info.width + columns
    return Found(stage, (info.width, info.height), detections.proposals, boxes, labels.astype(np.int32), places)


def _smaller(box: Rect, factor: int) -> Rect:
    if factor == 1:
        return box
    x, y = box.x // factor, box.y // factor
    return Rect(x, y, -(-box.right // factor) - x, -(-box.bottom // factor) - y)


def _filled(plane: MaskPlane, places: Sequence[int] | NDArray[np.int64], value: int) -> MaskPlane:
    """`plane` with these pixels set; only the tiles around them are packed anew."""
    if not len(places) or (value == 0 and plane.empty):
        return plane
    rows, columns = np.divmod(np.asarray(places), plane.width)
    x, y = int(columns.min()), int(rows.min())
    region = Rect(x, y, int(columns.max()) - x + 1, int(rows.max()) - y + 1)
    coverage = plane.coverage(region)
    coverage[rows - y, columns - x] = value
    return plane.replaced(coverage, region)
