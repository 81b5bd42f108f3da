"""What an operator who knows the truth would pick in a picture: its greyest patches, its black and its white.

Pictures are 3 x H x W nominal R'G'B', 0..1.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from engines.colour.difference import lab
from engines.colour.mapped import Rgb

_PATCH = 24
"""A patch is this part of the picture's shorter side."""
_MIDDLE = (45.0, 85.0)
_BANDS = ((12.0, 35.0), (35.0, 60.0), (60.0, 92.0))
_GREY = 4.0
_BLACK, _WHITE = 5.0, 97.0


@dataclass(frozen=True)
class Patch:
    """A square of `side` pixels around (x, y) and its mean colour in truth: L*, and chroma."""

    x: int
    y: int
    side: int
    light: float
    chroma: float

    def cut(self, picture: Rgb) -> Rgb:
        """3 x pixels of a picture there."""
        half = self.side // 2
        rows = slice(max(0, self.y - half), self.y + half + 1)
        columns = slice(max(0, self.x - half), self.x + half + 1)
        return picture[:, rows, columns].reshape(3, -1)

    @property
    def spot(self) -> str:
        """As the stage's settings name it, in the first frame."""
        return f"0:{self.x},{self.y}"


def neutral(truth: Rgb) -> Patch:
    """The greyest patch that is neither dark nor blown; of a picture without any such, the greyest patch."""
    return _greyest(_soft(truth), *_MIDDLE)


def picks(truth: Rgb) -> dict[str, str]:
    """Settings of stage fade: a grey in the darks, the middle and the lights, black and white, where there are."""
    soft = _soft(truth)
    greys = [_greyest(soft, *band) for band in _BANDS]
    held = [
        grey for grey, (low, high) in zip(greys, _BANDS, strict=True) if low < grey.light < high and grey.chroma < _GREY
    ]
    dark, bright = _patch(soft, int(np.argmin(soft[0]))), _patch(soft, int(np.argmax(soft[0])))
    chosen = {"neutral": " ".join(grey.spot for grey in held or [neutral(truth)])}
    if dark.light < _BLACK:
        chosen["black"] = dark.spot
    if bright.light > _WHITE and bright.chroma < _GREY:
        chosen["white"] = bright.spot
    return chosen


def _greyest(soft: Rgb, low: float, high: float) -> Patch:
    light, a, b = soft
    outside = np.where((light > low) & (light < high), 0.0, 1000.0)
    return _patch(soft, int(np.argmin(np.hypot(a, b) + outside)))


def _patch(soft: Rgb, place: int) -> Patch:
    y, x = (int(n) for n in np.unravel_index(place, soft.shape[1:]))
    light, a, b = (float(part) for part in soft[:, y, x])
    return Patch(x, y, _side(soft), light, float(np.hypot(a, b)))


def _soft(truth: Rgb) -> Rgb:
    """L*, a*, b* of the patch around every pixel."""
    side = _side(truth)
    blurred = np.stack([cv2.blur(plane, (side, side), borderType=cv2.BORDER_REFLECT) for plane in truth])
    return np.asarray(lab(blurred), dtype=np.float32)


def _side(picture: Rgb) -> int:
    return max(4, int(min(picture.shape[1:])) // _PATCH)
