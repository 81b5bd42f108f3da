"""Small pictures of a frame on which flicker is measured: light, colour, and a guide for motion that flicker leaves."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.luma import Luma, chroma_range, code_range, luma_weights
from engines.types import Frame, Plane, Rect

Field = NDArray[np.float32]

_WIDTH = 320
"""Of the guide; light and colour are half as wide."""
_SHADOW, _SPREAD, _SURROUND = 0.03, 200.0, 1 / 20


@dataclass(frozen=True, eq=False)
class Small:
    """light: h x w nominal luma (0..1, at least 0); colour: h x w x 2 nominal Cb, Cr, None for grey pictures.

    guide: 2h x 2w uint8, log luma less its surroundings: gain, whole or local, leaves it as it is.
    """

    light: Luma
    colour: Field | None
    guide: NDArray[np.uint8]


def small_size(width: int, height: int) -> tuple[int, int]:
    """Width and height of `Small.light` for frames of this size; never larger than the frame."""
    share = min(1.0, _WIDTH / 2 / width)
    return max(1, round(width * share)), max(1, round(height * share))


def shrunk(frame: Frame, region: Rect | None = None) -> Small:
    """The small pictures of a frame, or of its `region` alone."""
    planes = [_cut(plane, frame, region) for plane in frame.planes[: 1 if frame.format.family == "gray" else 3]]
    height, width = planes[0].shape
    size = small_size(width, height)
    twice = size[0] * 2, size[1] * 2
    black, white = code_range(frame.format, frame.colour)
    scale, colour = np.float32(1.0 / (white - black)), None
    if frame.format.family == "rgb":
        weights = luma_weights(frame.colour, frame.width, frame.height)
        red, green, blue = ((_resized(plane, twice) - np.float32(black)) * scale for plane in planes)
        wide = np.asarray(weights[0] * red + weights[1] * green + weights[2] * blue, np.float32)
        leaning = (blue - wide) / (2 * (1 - weights[2])), (red - wide) / (2 * (1 - weights[0]))
        colour = np.dstack([_resized(part, size) for part in leaning])
    else:
        wide = np.asarray((_resized(planes[0], twice) - np.float32(black)) * scale, np.float32)
        if frame.format.family == "yuv":
            neutral, span = chroma_range(frame.format, frame.colour)
            colour = np.dstack([(_resized(p, size) - np.float32(neutral)) / np.float32(span) for p in planes[1:]])
    wide = np.asarray(np.maximum(wide, 0.0), np.float32)
    return Small(_resized(wide, size), colour, _guide(wide))


def _guide(light: Luma) -> NDArray[np.uint8]:
    tone = np.log(light + np.float32(_SHADOW))
    around = cv2.GaussianBlur(tone, (0, 0), max(2.0, light.shape[1] * _SURROUND))
    return np.asarray(np.clip(np.rint((tone - around) * _SPREAD + 128.0), 0, 255), np.uint8)


def _cut(plane: Plane, frame: Frame, region: Rect | None) -> Plane:
    if region is None:
        return plane
    x, y = frame.width / plane.shape[1], frame.height / plane.shape[0]
    rows = slice(int(region.y / y), max(int(region.y / y) + 1, round(region.bottom / y)))
    return np.ascontiguousarray(plane[rows, int(region.x / x) : max(int(region.x / x) + 1, round(region.right / x))])


def _resized(plane: Plane, size: tuple[int, int]) -> Luma:
    if plane.dtype == np.float16:
        plane = plane.astype(np.float32)
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32)
