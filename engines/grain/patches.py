"""What the kind network looks at: patches of a frame with their brightness and what changed since its neighbour."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.luma import Luma
from engines.motion import flow_between, warp
from engines.nets.grain_kind import PATCH, PLANES

# Larger than the coarsest clumps, pixels.
_COARSE = 4.0
# Differences (nominal range) up to about this are told apart in proportion, larger ones by their logarithm.
_KNEE = 3.0 / 255.0
# Above this many pixels motion is looked for at half size: it need only be right to a pixel.
_SMALL_ENOUGH = 300_000


def planes_of(luma: Luma, neighbour: Luma | None) -> NDArray[np.float32]:
    """PLANES x H x W of a frame (H x W, nominal 0..1) and the frame after or before it, None without one."""
    coarse = cv2.GaussianBlur(luma, (0, 0), _COARSE)
    planes = np.zeros((PLANES, *luma.shape), np.float32)
    planes[0] = np.arcsinh((luma - coarse) / _KNEE)
    planes[1] = coarse * 2.0 - 1.0
    if neighbour is not None:
        moved = warp(neighbour, _flow(luma, neighbour), nearest=True)
        change = luma - moved
        planes[2] = np.arcsinh((change - cv2.GaussianBlur(change, (0, 0), _COARSE)) / (1.414 * _KNEE))
    return planes


def patches_of(planes: NDArray[np.float32], most: int) -> NDArray[np.float32]:
    """At most `most` patches, evenly spread: N x PLANES x PATCH x PATCH. Smaller pictures are mirrored."""
    short = [max(0, PATCH - side) for side in planes.shape[1:]]
    if any(short):
        planes = np.pad(planes, ((0, 0), (0, short[0]), (0, short[1])), mode="symmetric")
    height, width = planes.shape[1:]
    rows = max(1, min(height // PATCH, round((most * height / width) ** 0.5)))
    columns = max(1, min(width // PATCH, most // rows))
    tops = np.linspace(0, height - PATCH, rows).round().astype(int)
    lefts = np.linspace(0, width - PATCH, columns).round().astype(int)
    return np.stack([planes[:, y : y + PATCH, x : x + PATCH] for y in tops for x in lefts])


def _flow(a: Luma, b: Luma) -> NDArray[np.float32]:
    if a.size <= _SMALL_ENOUGH:
        calm = [np.asarray(cv2.GaussianBlur(x, (0, 0), 1.2), np.float32) for x in (a, b)]
        return flow_between(calm[0], calm[1], rough=True)
    size = (a.shape[1] // 2, a.shape[0] // 2)
    half = [np.asarray(cv2.resize(x, size, interpolation=cv2.INTER_AREA), np.float32) for x in (a, b)]
    flow = flow_between(half[0], half[1], rough=True)
    return np.asarray(cv2.resize(flow, a.shape[::-1], interpolation=cv2.INTER_LINEAR) * 2.0, np.float32)
