"""A desk with proposals, without anything being searched."""

from __future__ import annotations

import numpy as np

from app.finds import Found, PackedFinds
from app.proposals_desk import ProposalsDesk
from engines.detect.proposals import Proposal
from engines.types import Rect


def found(frame: int, size: tuple[int, int] = (64, 48), stage: str = "dirt") -> tuple[Found, ...]:
    """A bright square at (10, 10), 90 % sure, and a dark one at (40, 20), 30 % sure."""
    boxes = (Rect(10, 10, 4, 4), Rect(40, 20, 6, 6))
    proposals = (
        Proposal(frame, "dirt", boxes[0], 16, 0.9, "bright"),
        Proposal(frame, "dirt", boxes[1], 36, 0.3, "dark"),
    )
    labels, places = [], []
    for number, box in enumerate(boxes):
        rows, columns = np.mgrid[box.y : box.bottom, box.x : box.right]
        places.append((rows * size[0] + columns).ravel())
        labels.append(np.full(box.width * box.height, number, np.int32))
    return (Found(stage, size, proposals, boxes, np.concatenate(labels), np.concatenate(places)),)


def propose(desk: ProposalsDesk, clip_id: str, *frames: int, size: tuple[int, int] = (64, 48)) -> None:
    """As if the detectors had found something in these frames."""
    for frame in frames:
        desk.scan.found.emit(clip_id, frame, PackedFinds.of(found(frame, size)))
