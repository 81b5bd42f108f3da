"""Colours to draw with, as the code values of a picture of any layout: white is reference white, whatever the range."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engines.colour.conversion import Conversion
from engines.colour.mapped import code_matrix, inverse_matrix, times
from engines.colour.places import Places, Rgb
from engines.luma import code_range, luma_weights, matrix_name
from engines.scene_linear import is_linear
from engines.types import ColourSpec, Frame, PixelFormat, Plane

_DRAWN_AS = ("bt709", "bt709")
_ONE = Places(0.5, 0.5, 1.0, 1.0)


def ink(rgb: Rgb, layout: PixelFormat, colour: ColourSpec, width: int, height: int) -> tuple[NDArray[np.float32], ...]:
    """3 x H x W nominal R'G'B' of SDR (BT.709) as code values: a plane per component at full size, alpha opaque.

    width, height: of the picture, by which an untold matrix goes.
    """
    told = replace(colour, matrix=_matrix(layout, colour, width, height))
    values = Conversion(_DRAWN_AS, _meaning(layout, colour)).map(rgb.astype(np.float32), _ONE)
    black, white = code_range(layout, told)
    if layout.family == "gray":
        weights = luma_weights(ColourSpec(matrix="bt709"), width, height)
        grey = sum(np.float32(weight) * plane for weight, plane in zip(weights, values, strict=True))
        planes = [np.asarray(grey * np.float32(white - black) + np.float32(black), np.float32)]
    else:
        planes = list(times(inverse_matrix(code_matrix(_sample(layout, told))), list(values)))
    if layout.alpha:
        planes.append(np.full(planes[0].shape, layout.peak, np.float32))
    return tuple(planes)


def stored(plane: NDArray[np.float32], like: Plane, layout: PixelFormat) -> Plane:
    """Code values in the sample type of `like`: whole numbers are rounded and clipped."""
    if like.dtype.kind == "u":
        plane = np.clip(np.rint(plane), 0, layout.peak)
    return np.asarray(plane.astype(like.dtype))


def _matrix(layout: PixelFormat, colour: ColourSpec, width: int, height: int) -> str:
    return colour.matrix if layout.family != "yuv" or colour.matrix == "rgb" else matrix_name(colour, width, height)


def _meaning(layout: PixelFormat, colour: ColourSpec) -> tuple[str, str]:
    """Primaries and transfer; what is not told is BT.709, and of floats linear light."""
    untold = "linear" if is_linear(layout, colour) else "bt709"
    primaries = "bt709" if colour.primaries == "unknown" or layout.family == "gray" else colour.primaries
    return primaries, untold if colour.transfer == "unknown" else colour.transfer


def _sample(layout: PixelFormat, colour: ColourSpec) -> Frame:
    """Two pixels by two, which stand for how all of them are coded."""
    sizes = (layout.plane_size(index, 4, 4) for index in range(layout.plane_count))
    return Frame(tuple(np.zeros((h, w), layout.dtype) for w, h in sizes), layout, colour)
