"""Chroma error at saturated edges: how far colours have run where two of them meet."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.luma import chroma_range, code_range, luma_weights
from engines.media.display import to_luma_grid
from engines.metrics.pair import alike, same_size
from engines.types import Frame

# Chroma excursion (1 = the whole range) that changes within two pixels.
_EDGE = 0.08
_NEAR = 2
_FEWEST = 16
_CODES = 224.0

Plane = NDArray[np.float32]


def chroma_error(frame: Frame, reference: Frame) -> float | None:
    """Mean absolute difference of Cb and Cr, in 8-bit codes (of 224), within 2 pixels of the reference's colour edges.

    An edge is where Cb or Cr of the reference changes by 8 % of its range or more over two pixels, looked at on the
    luma grid. None where there are fewer than 16 such pixels, or no colour. RGB counts as the other frame's matrix.
    Raises MediaError where the sizes differ.
    """
    same_size(frame, reference)
    if "gray" in (frame.format.family, reference.format.family):
        return None
    ours, theirs = (_chroma(one, other) for one, other in ((frame, reference), (reference, frame)))
    near = np.zeros(theirs[0].shape, bool)
    for plane in theirs:
        near |= _edges(plane)
    near = cv2.dilate(near.astype(np.uint8), np.ones((2 * _NEAR + 1, 2 * _NEAR + 1), np.uint8)) > 0
    if int(near.sum()) < _FEWEST:
        return None
    errors = [float(np.abs(a - b)[near].mean()) for a, b in zip(ours, theirs, strict=True)]
    return sum(errors) / 2 * _CODES


def _edges(plane: Plane) -> NDArray[np.bool_]:
    """Where the plane changes by _EDGE or more from the pixel before to the one after, in either direction."""
    central = np.array([[-1.0, 0.0, 1.0]], np.float32)
    steps = [cv2.filter2D(plane, -1, kernel, borderType=cv2.BORDER_REPLICATE) for kernel in (central, central.T)]
    return np.asarray(np.maximum(np.abs(steps[0]), np.abs(steps[1])) >= _EDGE)


def _chroma(frame: Frame, other: Frame) -> tuple[Plane, Plane]:
    """Cb and Cr on the luma grid, -0.5..0.5."""
    if frame.format.family == "yuv":
        neutral, excursion = chroma_range(frame.format, frame.colour)
        cb, cr = (
            (to_luma_grid(plane.astype(np.float32), frame) - np.float32(neutral)) * np.float32(1 / excursion)
            for plane in frame.planes[1:3]
        )
        return cb, cr
    frame = alike(frame, other)
    black, white = code_range(frame.format, frame.colour)
    red, green, blue = (
        (p.astype(np.float32) - np.float32(black)) / np.float32(white - black) for p in frame.planes[:3]
    )
    kr, kg, kb = luma_weights(frame.colour, frame.width, frame.height)
    luma = kr * red + kg * green + kb * blue
    return (
        np.asarray((blue - luma) / (2 * (1 - kb)), dtype=np.float32),
        np.asarray((red - luma) / (2 * (1 - kr)), dtype=np.float32),
    )
