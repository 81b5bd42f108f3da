"""Connected regions of one frame that a person should look at: by label, and damage that was left as it is."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.provenance import Origin, ProvenanceMap
from engines.types import Rect

Kind = Literal["SYNTHESISED", "ESTIMATED", "TRANSPORTED", "unrepaired"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MOST = 400
"""Regions of one kind in one frame; the smallest beyond that are left out."""
Bool = NDArray[np.bool_]
# Specks closer than that are one region: flags of texture fall apart into thousands.
_GAP = 3


@dataclass(frozen=True, eq=False)
class Region:
    """box: in pixels of the picture. area: pixels that have the label. confidence: their mean, 0..1."""

    kind: Kind
    box: Rect
    area: int
    confidence: float
    packed: bytes

    @property
    def mask(self) -> Bool:
        """box.height x box.width: the region with the small gaps in it closed."""
        bits = np.frombuffer(zlib.decompress(self.packed), np.uint8)
        count = self.box.width * self.box.height
        return np.unpackbits(bits, count=count).reshape(self.box.height, self.box.width).astype(bool)


def regions_of(said: ProvenanceMap, left: NDArray[np.uint8] | None) -> tuple[tuple[Region, ...], int]:
    """Regions of a frame from the top, largest first where they begin at one row; and how many were left out.

    left: H x W, above 0 where damage is known that was left as it is; None: nowhere.
    """
    found: list[Region] = []
    dropped = 0
    sure = said.confidence
    for kind in KINDS:
        where = left > 0 if kind == "unrepaired" and left is not None else None
        if kind != "unrepaired":
            where = said.labels == Origin[kind]
        if where is None or not where.any():
            continue
        mine = sorted(_connected(kind, np.asarray(where), sure), key=lambda one: -one.area)
        dropped += max(len(mine) - MOST, 0)
        found += mine[:MOST]
    return tuple(sorted(found, key=lambda one: (one.box.y, -one.area, one.box.x, one.kind))), dropped


def _connected(kind: Kind, where: Bool, sure: NDArray[np.uint8]) -> Iterator[Region]:
    flat = where.astype(np.uint8)
    closed = cv2.morphologyEx(
        cv2.copyMakeBorder(flat, *(_GAP,) * 4, cv2.BORDER_CONSTANT, value=0),
        cv2.MORPH_CLOSE,
        cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _GAP + 1,) * 2),
    )[_GAP:-_GAP, _GAP:-_GAP]
    count, places, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(closed), connectivity=8)
    inside = places[where]
    areas = np.bincount(inside, minlength=count)
    sums = np.bincount(inside, weights=sure[where], minlength=count)
    for number in range(1, count):
        if not areas[number]:
            continue
        x, y, width, height = (int(value) for value in stats[number, :4])
        mask = places[y : y + height, x : x + width] == number
        packed = zlib.compress(np.packbits(mask).tobytes(), 1)
        confidence = float(sums[number] / areas[number] / 255) if kind != "unrepaired" else 0.0
        yield Region(kind, Rect(x, y, width, height), int(areas[number]), confidence, packed)
