"""Frames that may give content: their planes, their luma and their own damage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from engines.luma import Luma, luma_of
from engines.masks import Mask
from engines.provenance import ProvenanceMap
from engines.repair.cells import picture_planes
from engines.repair.spread import Field
from engines.types import Frame, FrameNo

# Lanczos4 reads four samples to each side.
_KERNEL = 3


@dataclass(frozen=True, eq=False)
class View:
    """One frame as repair sees it. `offset` is its distance in frames from the one under repair (itself: 0)."""

    number: FrameNo
    offset: int
    frame: Frame
    provenance: ProvenanceMap
    damage: Mask

    @cached_property
    def luma(self) -> Luma:
        return luma_of(self.frame)

    @cached_property
    def planes(self) -> tuple[Field, ...]:
        """The picture's planes in float32 code values."""
        return tuple(np.asarray(self.frame.planes[i], np.float32) for i in picture_planes(self.frame))

    @cached_property
    def spoiled(self) -> Mask:
        """Where a kernel around the pixel would read damage, in chroma too."""
        step = max(self.frame.format.chroma_x, self.frame.format.chroma_y)
        kernel = np.ones((2 * _KERNEL * step + 1,) * 2, np.uint8)
        return cv2.dilate(self.damage.view(np.uint8), kernel).view(np.bool_)


Donors = Callable[[int], View | None]
"""The donor at an offset, or None where the shot or the clip has none."""
