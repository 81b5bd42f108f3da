"""What stands beside a frame when it is judged: neighbours moved onto it, and the rank-order measure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.dirt.compensate import Picture, chained, levelled, moved
from engines.motion import Flow

SLOTS = 4
"""Neighbours that are looked at: the nearest before and after, the next before and after."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """current: H x W uint8 luma; neighbours: `SLOTS` x H x W uint8, moved onto it, in the order of the slots."""

    current: Picture
    neighbours: NDArray[np.uint8]

    @property
    def nbytes(self) -> int:
        return self.current.nbytes + self.neighbours.nbytes


Motion = Callable[[int, int], Flow]
"""Flow (of the reduced pictures) from the frame of the first offset to that of the second."""


def gathered(
    current: Picture,
    offsets: Sequence[int],
    picture: Callable[[int], Picture],
    flow: Motion,
) -> Evidence:
    """The evidence for offset 0: `offsets` as `engines.dirt.neighbours.slots` chose them.

    The farther neighbour of a side is reached through the nearer one, so that each step is looked for once.
    """
    done: dict[int, Picture] = {}
    paths: dict[int, Flow] = {}
    for offset in sorted(set(offsets), key=abs):
        nearer = [o for o in paths if o * offset > 0]
        step = max(nearer, key=abs) if nearer else 0
        path = chained(paths[step], flow(step, offset)) if step else flow(0, offset)
        paths[offset] = path
        done[offset] = levelled(moved(picture(offset), path, current, fine=not step), current)
    return Evidence(current, np.stack([done[offset] for offset in offsets]))


def rank_order(evidence: Evidence) -> NDArray[np.int16]:
    """H x W, -255..255: by how much a pixel is brighter than all pixels around its place in the nearest neighbours,
    or (negative) darker than all of them; 0 between.

    The rank-ordered difference detector (Nadenau and Mitra 1997) in its simplified form SROD (Biemond et al. 1999),
    with 3 x 3 pixels of each neighbour.
    """
    first, second = evidence.neighbours[0], evidence.neighbours[1]
    square = np.ones((3, 3), np.uint8)
    high = cv2.dilate(cv2.max(first, second), square)
    low = cv2.erode(cv2.min(first, second), square)
    bright, dark = cv2.subtract(evidence.current, high), cv2.subtract(low, evidence.current)
    return np.asarray(cv2.subtract(bright, dark, dtype=cv2.CV_16S), np.int16)
