"""Hatching and outlines over flagged pixels, placed by the picture's own coordinates so that any region agrees."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.types import Rect

Bool = NDArray[np.bool_]

_WIDTH_PER_PIXEL = 960
_PERIOD = 11


@dataclass(frozen=True)
class Drawn:
    """H x W each. lines: hatching. tinted: what is flagged. light, dark: the outline, which lies outside of it."""

    lines: Bool
    tinted: Bool
    light: Bool
    dark: Bool

    @property
    def anything(self) -> Bool:
        return np.asarray(self.tinted | self.light | self.dark)


def thickness(width: int) -> int:
    """Of lines, in pixels of a picture this wide."""
    return max(1, round(width / _WIDTH_PER_PIXEL))


def margin(width: int) -> int:
    """How far outside of flagged pixels something is drawn."""
    return 2 * thickness(width)


def marks(flagged: Bool, where: Rect, width: int) -> Drawn:
    """flagged: the pixels of `where`, a part of a picture `width` wide; right where `margin` more pixels are known."""
    line = thickness(width)
    period = _PERIOD * line
    rows = np.arange(where.y, where.bottom)[:, None]
    columns = np.arange(where.x, where.right)[None, :]
    crossed = ((rows + columns) % period < line) | ((rows - columns) % period < line)
    near = _grown(flagged, line)
    return Drawn(flagged & crossed, flagged, near & ~flagged, _grown(flagged, 2 * line) & ~near)


def _grown(mask: Bool, by: int) -> Bool:
    kernel = np.ones((2 * by + 1, 2 * by + 1), np.uint8)
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel) > 0)
