"""From a defect channel to a map of damage, whatever the lamp's falloff across the frame."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.masks import Coverage

Channel = NDArray[np.float32]

_CELLS = 48
_USUAL_PERCENTILE = 70.0
# Cells: what is darker over a wider stretch than this is taken for the lamp, not for a defect.
_WIDEST = 9
_SMOOTH = 1.5


def damage_map(channel: Channel, threshold: float, dark: bool, dilate: int) -> Coverage:
    """H x W uint8, 255 where `channel` (H x W, 0..1) departs from what is usual around by more than `threshold`.

    threshold: share of the usual value there, 0..1. dark: defects are darker (infrared) or brighter. dilate: px that
    the map is widened by. Both ways the usual value is that of sound film: wide defects, up to a sixth of the height,
    do not lower it.
    """
    sound = channel if dark else 1.0 - channel
    usual = usual_value(np.asarray(sound, np.float32))
    found = (sound < (1.0 - threshold) * usual).astype(np.uint8) * np.uint8(255)
    if dilate:
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * dilate + 1, 2 * dilate + 1))
        found = np.asarray(cv2.dilate(found, disc), np.uint8)
    return found


def usual_value(sound: Channel) -> Channel:
    """H x W: what sound film reads around each pixel: high percentiles of cells, closed over dark ones, smoothed."""
    height, width = sound.shape
    side = max(1, -(-height // _CELLS))
    padded = np.pad(sound, ((0, -height % side), (0, -width % side)), mode="edge")
    rows, columns = padded.shape[0] // side, padded.shape[1] // side
    step = max(1, side // 8)
    cells = padded.reshape(rows, side, columns, side)[:, ::step, :, ::step].transpose(0, 2, 1, 3)
    grid = np.percentile(cells.reshape(rows, columns, -1), _USUAL_PERCENTILE, axis=2).astype(np.float32)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_WIDEST, _WIDEST))
    grid = np.asarray(cv2.morphologyEx(grid, cv2.MORPH_CLOSE, disc, borderType=cv2.BORDER_REFLECT), np.float32)
    grid = np.asarray(cv2.GaussianBlur(grid, (0, 0), _SMOOTH, borderType=cv2.BORDER_REPLICATE), np.float32)
    full = cv2.resize(grid, (columns * side, rows * side), interpolation=cv2.INTER_LINEAR)[:height, :width]
    return np.asarray(full, np.float32)
