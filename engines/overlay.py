"""Paints a provenance map over a picture in colours that colour-blind eyes tell apart, and in hatching."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.provenance import Origin

Rgb8 = NDArray[np.uint8]
Labels = NDArray[np.uint8]
Bool = NDArray[np.bool_]


@dataclass(frozen=True)
class Mark:
    """How one label is shown. Colours are Okabe and Ito's (2008), RGB 0..255."""

    colour: tuple[int, int, int]
    hatch: str
    """"", "/", "." or "x"."""
    tint: float
    """Opacity of the colour between the lines, 0..1."""
    outlined: bool = False


MARKS = {
    Origin.ADJUSTED: Mark((0, 158, 115), "", 0.16),
    Origin.TRANSPORTED: Mark((86, 180, 233), "/", 0.36),
    Origin.ESTIMATED: Mark((240, 228, 66), ".", 0.14),
    Origin.SYNTHESISED: Mark((230, 85, 0), "x", 0.45, outlined=True),
}
UNREPAIRED = Mark((204, 121, 167), "/", 0.0, outlined=True)
"""Of known damage that was left as it is: its pixels are the source's, and stay to be seen between the lines."""
_GROUND = 96.0
# The picture stays readable under the marks: grey and dimmed.
_DIM = 0.62
_PERIOD = 8


def provenance_overlay(picture: Rgb8, labels: Labels, left: Bool | None = None) -> Rgb8:
    """H x W x 3 display RGB and H x W `Origin` labels to H x W x 3: grey where the source stands, marked elsewhere.

    left: H x W, where damage is known that was left as it is.
    """
    grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    canvas = grey.astype(np.float32) * np.float32(_DIM)
    paint_marks(canvas, labels, left)
    return np.asarray(np.rint(canvas), dtype=np.uint8)


def paint_marks(canvas: NDArray[np.float32], labels: Labels, left: Bool | None = None) -> None:
    """The marks of all labels, and of damage that was `left`, on `canvas` (H x W x 3, 0..255), in place."""
    if left is not None and left.any():
        paint_mark(canvas, left, UNREPAIRED)
    for origin, mark in MARKS.items():
        where = labels == origin
        if where.any():
            paint_mark(canvas, np.asarray(where), mark)


def swatch(kind: str, width: int, height: int) -> Rgb8:
    """H x W x 3: how pixels of a label, or `unrepaired` damage, look in lists and legends. Raises KeyError."""
    mark = UNREPAIRED if kind == "unrepaired" else MARKS[Origin[kind]]
    canvas = np.full((height, width, 3), _GROUND, dtype=np.float32)
    inside = np.zeros((height, width), dtype=np.bool_)
    rim = 2 if mark.outlined else 0
    inside[rim : height - rim, rim : width - rim] = True
    paint_mark(canvas, inside, mark)
    return np.asarray(np.rint(canvas), dtype=np.uint8)


def paint_mark(canvas: NDArray[np.float32], where: Bool, mark: Mark) -> None:
    """Tint, hatch and outline the pixels `where` (H x W) of `canvas` (H x W x 3, 0..255), in place."""
    colour = np.array(mark.colour, dtype=np.float32)
    canvas[where] += np.float32(mark.tint) * (colour - canvas[where])
    canvas[where & _hatch(where.shape, mark.hatch)] = colour
    if mark.outlined:
        # Outside the area, so that the smallest speck keeps its pixels: white, then black against bright pictures.
        near = _grown(where, 3) & ~where
        far = _grown(where, 5) & ~where & ~near
        canvas[far], canvas[near] = 0.0, 255.0


def _grown(where: Bool, side: int) -> Bool:
    kernel = np.ones((side, side), dtype=np.uint8)
    return np.asarray(cv2.dilate(where.astype(np.uint8), kernel) > 0)


def _hatch(shape: tuple[int, ...], kind: str) -> Bool:
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    rising = (rows + columns) % _PERIOD < 2
    match kind:
        case "/":
            return np.asarray(rising)
        case "x":
            return np.asarray(rising | ((rows - columns) % _PERIOD < 2))
        case ".":
            offset = (rows // _PERIOD % 2) * (_PERIOD // 2)
            return np.asarray((rows % _PERIOD < 2) & ((columns + offset) % _PERIOD < 2))
    return np.zeros(shape[:2], dtype=np.bool_)
