"""From logits to candidates: connected pixels, what speaks for each, and what it looks like."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.dirt.evidence import Evidence
from engines.dirt.judge import Logits
from engines.types import Rect

FEATURES = 5
MEAN_LOGIT, UNREST = 0, 3
"""Which of them these are."""
# So far around a candidate, besides its own size, its neighbours in time are compared.
_AROUND = 12
# Side of the mean that takes grain away, pixels.
_SMOOTH = 5


@dataclass(frozen=True, eq=False)
class Candidates:
    """labels: H x W int32, 0 = none, k = candidate k - 1; boxes, areas (px) and signs (+1 brighter, -1 darker than the
    neighbours) by candidate; features: N x FEATURES float64: mean logit, greatest logit, log2 of the area, unrest,
    stature.

    Unrest is the share of the surroundings in which the two nearest neighbours differ by half of what the candidate
    differs from them: there, as on sparkling water, in rain or where motion is lost, a speck means little. Stature is
    the logarithm of how much the candidate differs, in units of what the neighbours differ by around it.
    """

    labels: NDArray[np.int32]
    boxes: tuple[Rect, ...]
    areas: NDArray[np.int64]
    signs: NDArray[np.int8]
    features: NDArray[np.float64]


def candidates(logits: Logits, evidence: Evidence, least: float) -> Candidates:
    """8-connected pixels whose logits reach `least`."""
    marked = (logits >= least).view(np.uint8)
    count, found, stats, _ = cv2.connectedComponentsWithStats(marked, connectivity=8)
    labels = np.asarray(found, np.int32)
    places = np.flatnonzero(marked)
    own, values = labels.ravel()[places], logits.ravel()[places]
    greatest = np.full(count, -np.inf, np.float32)
    np.maximum.at(greatest, own, values)
    areas = stats[1:, cv2.CC_STAT_AREA].astype(np.int64)
    step = np.bincount(own, evidence.current.ravel()[places] - _beside(evidence, places), count)[1:] / areas
    boxes = tuple(Rect(*box) for box in stats[1:, :4].tolist())
    mean = np.bincount(own, values, count)[1:] / areas
    unrest, stature = _surroundings(evidence, boxes, step)
    features = np.stack((mean, greatest[1:].astype(np.float64), np.log2(areas), unrest, stature), axis=1)
    return Candidates(labels, boxes, areas, np.where(step >= 0, 1, -1).astype(np.int8), features)


def grown(labels: NDArray[np.int32], by: int) -> NDArray[np.int32]:
    """Labels spread by `by` pixels over what was none; where two meet, the later one stays."""
    if by == 0 or not labels.any():
        return labels
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * by + 1, 2 * by + 1))
    # Whole numbers up to 2**24 are exact in float32.
    wide = cv2.dilate(labels.astype(np.float32), disc).astype(np.int32)
    return np.where(labels > 0, labels, wide)


def restlessness(evidence: Evidence, found: Candidates, least: int) -> NDArray[np.float64]:
    """N: unrest around candidates of at least `least` pixels, 0 for smaller ones, with grain averaged away: what is
    left is motion that was not followed.
    """
    out = np.zeros(len(found.boxes))
    large = np.flatnonzero(found.areas >= least)
    if large.size:
        smooth = [cv2.blur(evidence.neighbours[slot], (_SMOOTH, _SMOOTH)) for slot in (0, 1)]
        apart = cv2.absdiff(*smooth)
        for index in large:
            own = found.labels == index + 1
            step = float(
                np.abs(evidence.current[own].astype(np.float64) - _beside(evidence, np.flatnonzero(own))).mean()
            )
            around = _around(apart, found.boxes[index])
            out[index] = np.count_nonzero(around >= max(step / 2, 1.0)) / around.size
    return out


def _around(picture: NDArray[np.uint8], box: Rect) -> NDArray[np.uint8]:
    """The candidate's surroundings."""
    far = _AROUND + max(box.width, box.height) // 2
    height, width = picture.shape
    return picture[
        max(0, box.y - far) : min(height, box.bottom + far), max(0, box.x - far) : min(width, box.right + far)
    ]


def _beside(evidence: Evidence, places: NDArray[np.intp]) -> NDArray[np.float64]:
    """What the neighbours show at flat indices: the mean of the two nearest."""
    first, second = (evidence.neighbours[slot].ravel()[places].astype(np.float64) for slot in (0, 1))
    return np.asarray((first + second) / 2, np.float64)


def _surroundings(
    evidence: Evidence, boxes: tuple[Rect, ...], steps: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Unrest and stature of every candidate."""
    apart = cv2.absdiff(evidence.neighbours[0], evidence.neighbours[1])
    unrest, stature = np.zeros(len(boxes)), np.zeros(len(boxes))
    for index, (box, step) in enumerate(zip(boxes, np.abs(steps).tolist(), strict=True)):
        around = _around(apart, box)
        unrest[index] = np.count_nonzero(around >= max(step / 2, 1.0)) / around.size
        stature[index] = np.log2((step + 1.0) / (cv2.mean(around)[0] + 1.0))
    return unrest, stature
