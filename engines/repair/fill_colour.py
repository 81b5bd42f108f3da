"""Planes of any format as nominal Y'CbCr on the luma grid, which the fill network sees, and back."""

from __future__ import annotations

import numpy as np

from engines.luma import chroma_range, code_range, luma_weights
from engines.repair.cells import mean_in, repeated
from engines.repair.spread import Field
from engines.types import Frame


def to_nominal(planes: list[Field], frame: Frame) -> Field:
    """H x W x 3 float32: Y' 0..1, Cb and Cr -0.5..0.5, out of float32 code values of the picture planes of a window.

    frame: tells the format, the colour and (by its size) the usual matrix. Grey has no chroma: zeros.
    """
    black, white = code_range(frame.format, frame.colour)
    shape = planes[0].shape
    if frame.format.family == "rgb":
        red, green, blue = ((plane - np.float32(black)) / np.float32(white - black) for plane in planes)
        kr, kg, kb = luma_weights(frame.colour, frame.width, frame.height)
        luma = np.float32(kr) * red + np.float32(kg) * green + np.float32(kb) * blue
        differences = [(blue - luma) / np.float32(2 * (1 - kb)), (red - luma) / np.float32(2 * (1 - kr))]
    else:
        luma = (planes[0] - np.float32(black)) / np.float32(white - black)
        neutral, unit = chroma_range(frame.format, frame.colour)
        step = (frame.format.chroma_x, frame.format.chroma_y)
        differences = [(repeated(p, step, shape) - np.float32(neutral)) / np.float32(unit) for p in planes[1:]]
    differences = differences or [np.zeros(shape, np.float32)] * 2
    return np.ascontiguousarray(np.dstack([luma, *differences]), np.float32)


def from_nominal(stack: Field, frame: Frame) -> list[Field]:
    """The picture planes of a window as float32 code values, subsampled ones as means of their cells."""
    black, white = code_range(frame.format, frame.colour)
    luma, first, second = (np.ascontiguousarray(stack[..., channel]) for channel in range(3))
    if frame.format.family == "rgb":
        kr, kg, kb = luma_weights(frame.colour, frame.width, frame.height)
        blue, red = luma + np.float32(2 * (1 - kb)) * first, luma + np.float32(2 * (1 - kr)) * second
        green = (luma - np.float32(kr) * red - np.float32(kb) * blue) / np.float32(kg)
        return [np.asarray(part * np.float32(white - black) + np.float32(black)) for part in (red, green, blue)]
    planes = [np.asarray(luma * np.float32(white - black) + np.float32(black))]
    if frame.format.family == "yuv":
        neutral, unit = chroma_range(frame.format, frame.colour)
        step = (frame.format.chroma_x, frame.format.chroma_y)
        planes += [mean_in(np.asarray(part * np.float32(unit) + np.float32(neutral)), step) for part in (first, second)]
    return planes
