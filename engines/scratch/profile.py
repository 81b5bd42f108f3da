"""Where a picture has thin upright lines, cell by cell: line profiles of several widths over short bands of rows."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.luma import code_range, luma_of
from engines.types import Frame

Plane = NDArray[np.float32]

BANDS = 128
"""Bands of rows that a picture is averaged into, at most: a line loses nothing, noise and work shrink."""
LEAST_SIDE = 32
"""Pixels: smaller pictures are not searched."""
_LEAST_ROWS = 2
_WINDOW_X, _WINDOW_BANDS = 41, 9
_NOISE_FLOOR = 0.0012
_LOPSIDED = 0.5
_CLIP = 3.0


@dataclass(frozen=True)
class Kernel:
    """A centre `width` px wide between two flanks of `flank` px each, `gap` px away from it."""

    width: int
    gap: int
    flank: int

    @property
    def reach(self) -> int:
        """Pixels from the centre to the outer end of a flank."""
        return self.width // 2 + self.gap + self.flank


def kernels(widest: float) -> tuple[Kernel, ...]:
    """For lines up to `widest` px: centres of 1, 3, 5, 9, ... px."""
    found = [Kernel(1, 1, 2)]
    while found[-1].width < widest:
        width = found[-1].width + (2 if found[-1].width < 5 else 4)
        found.append(Kernel(width, 1, 2 if width < 5 else 3))
    return tuple(found)


@dataclass(frozen=True, eq=False)
class Profile:
    """A picture's bands through one kernel. All B x W float32.

    response: centre minus the mean of the flanks, nominal luma. lopsided: |left flank - right flank|.
    evidence: response over what is usual around it, -3..3; edges, where the flanks differ, count less.
    usual: mean size of the response around.
    """

    kernel: Kernel
    response: Plane
    lopsided: Plane
    evidence: Plane
    usual: Plane


def band_count(height: int) -> int:
    """A power of two, 128 unless the picture is very small."""
    return min(BANDS, 1 << max(int(np.log2(max(height // _LEAST_ROWS, 1))), 0))


def bands_of(frame: Frame) -> Plane:
    """Means of luma (nominal 0..1) over `band_count` bands of rows: B x W."""
    if frame.format.family == "rgb":
        return _means(luma_of(frame))
    # Averaged in code values first: a tenth of the arithmetic.
    black, white = code_range(frame.format, frame.colour)
    codes = _means(frame.planes[0].astype(np.float32))
    return np.asarray((codes - np.float32(black)) * np.float32(1.0 / (white - black)), np.float32)


def _means(plane: Plane) -> Plane:
    height, width = plane.shape
    size = (width, band_count(height))
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32)


def profile(bands: Plane, kernel: Kernel) -> Profile:
    """What `kernel` sees in B x W `bands`."""
    middle = np.zeros(2 * kernel.reach + 1, np.float32)
    middle[kernel.reach - kernel.width // 2 : kernel.reach + kernel.width // 2 + 1] = 1.0 / kernel.width
    sides = np.zeros_like(middle)
    sides[: kernel.flank] = sides[-kernel.flank :] = 1.0 / kernel.flank
    across = sides.copy()
    across[: kernel.flank] *= -1
    response = _filtered(bands, middle - 0.5 * sides)
    lopsided = np.abs(_filtered(bands, across))
    usual = cv2.blur(np.abs(response), (_WINDOW_X, _WINDOW_BANDS), borderType=cv2.BORDER_REFLECT)
    scale = np.maximum(usual * np.float32(1.25), np.float32(_NOISE_FLOOR))
    scale += lopsided * np.float32(_LOPSIDED)
    evidence = np.clip(response / scale, -_CLIP, _CLIP)
    # Beyond the sides there is nothing to compare with.
    evidence[:, : kernel.reach] = 0.0
    evidence[:, -kernel.reach :] = 0.0
    return Profile(kernel, *(np.asarray(plane, np.float32) for plane in (response, lopsided, evidence, usual)))


def _filtered(bands: Plane, weights: NDArray[np.float32]) -> Plane:
    """Along the rows, the ends repeated."""
    return np.asarray(cv2.filter2D(bands, -1, weights[None], borderType=cv2.BORDER_REPLICATE), np.float32)
