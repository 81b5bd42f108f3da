"""Planes of a frame on the scale that grain is measured on, and back."""

from __future__ import annotations

import numpy as np

from engines.luma import Luma, chroma_range, code_range
from engines.types import Frame, PixelFormat


def coloured_planes(layout: PixelFormat) -> int:
    """How many planes carry grain: all but alpha."""
    return layout.plane_count - int(layout.alpha)


def scales(frame: Frame) -> list[tuple[float, float]]:
    """Per plane (alpha left out) the code of 0 and the codes that stand for 1."""
    black, white = code_range(frame.format, frame.colour)
    light = (black, white - black)
    colour = chroma_range(frame.format, frame.colour)
    count = coloured_planes(frame.format)
    return [colour if frame.format.family == "yuv" and index > 0 else light for index in range(count)]


def nominal(frame: Frame) -> list[Luma]:
    """Planes without alpha, float32: luma and RGB 0..1, chroma -0.5..0.5."""
    return [
        np.asarray((plane.astype(np.float32) - np.float32(zero)) * np.float32(1.0 / span), np.float32)
        for plane, (zero, span) in zip(frame.planes, scales(frame), strict=False)
    ]


def changed(frame: Frame, changes: list[Luma | None]) -> Frame:
    """`frame` with nominal changes added to its planes, as float32 code values; None leaves a plane as it is.

    A sample that nothing is added to keeps its value exactly.
    """
    planes = list(frame.planes)
    for index, (change, (_, span)) in enumerate(zip(changes, scales(frame), strict=True)):
        if change is not None:
            planes[index] = np.asarray(planes[index].astype(np.float32) + change * np.float32(span), np.float32)
    return frame.with_planes(tuple(planes))
