"""Frames that may give content: their luma, their own damage, and how far the camera moved between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from engines.luma import Luma, luma_of
from engines.masks import Mask
from engines.motion import Flow, flow_between
from engines.provenance import ProvenanceMap
from engines.repair.spread import spread
from engines.types import Frame, Rect

# Side of the small pictures in which the large motion is found.
_COARSE = 256


@dataclass(frozen=True, eq=False)
class View:
    """One frame as repair sees it. `offset` is its distance in frames from the one under repair (itself: 0)."""

    offset: int
    frame: Frame
    provenance: ProvenanceMap
    damage: Mask

    @cached_property
    def luma(self) -> Luma:
        return luma_of(self.frame)

    @cached_property
    def coarse(self) -> tuple[Luma, float]:
        """The luma shrunk to about `_COARSE`, damage filled, and the factor it was shrunk by."""
        factor = max(1.0, max(self.luma.shape) / _COARSE)
        size = (max(1, round(self.luma.shape[1] / factor)), max(1, round(self.luma.shape[0] / factor)))
        known = np.asarray(cv2.resize((~self.damage).astype(np.float32), size, interpolation=cv2.INTER_AREA))
        small = np.asarray(cv2.resize(self.luma, size, interpolation=cv2.INTER_AREA), np.float32)
        return spread(small, np.float32(1.0) * (known > 0.99)), factor


Donors = Callable[[int], View | None]
"""The donor at an offset, or None where the shot or the clip has none."""


class Travel:
    """Large motion from the frame under repair to each donor, found once per pair."""

    def __init__(self, current: View) -> None:
        self._current = current
        self._flows: dict[int, Flow] = {}

    def shift(self, donor: View, window: Rect) -> tuple[int, int]:
        """Whole pixels (dx, dy) by which the surroundings of a window moved towards the donor."""
        small, factor = self._current.coarse
        flow = self._flows.get(donor.offset)
        if flow is None:
            flow = self._flows[donor.offset] = flow_between(small, donor.coarse[0])
        rows = slice(int(window.y / factor), int(window.bottom / factor) + 1)
        columns = slice(int(window.x / factor), int(window.right / factor) + 1)
        local = flow[rows, columns].reshape(-1, 2) * np.float32(factor)
        return round(float(np.median(local[:, 0]))), round(float(np.median(local[:, 1])))
