"""Two pictures brought to luma planes that may be compared."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engines.errors import MediaError
from engines.luma import luma_of
from engines.types import Frame

LumaPlane = NDArray[np.float64]

# Studio-range luma on the 8-bit scale; published Y tables divide by 255, not by the range in use.
_BLACK, _SPAN = 16.0 / 255.0, 219.0 / 255.0


def luma_pair(a: Frame, b: Frame, border: int = 0) -> tuple[LumaPlane, LumaPlane]:
    """Studio-range luma of two frames, H x W float64 on a scale where peak is 1: black 16/255, white 235/255.

    RGB counts as BT.601, as in the tables for stills, unless the other frame is Y'CbCr: then its matrix counts.
    `border` pixels are cut from every side. Raises MediaError where the sizes differ or nothing is left.
    """
    same_size(a, b)
    if min(a.width, a.height) <= 2 * border:
        raise MediaError(f"A border of {border} pixels leaves nothing of {a.width}x{a.height}.", "Give a smaller one.")
    cut = np.s_[border : a.height - border, border : a.width - border]
    first, second = (
        luma_of(alike(frame, other))[cut].astype(np.float64) * _SPAN + _BLACK for frame, other in ((a, b), (b, a))
    )
    return first, second


def same_size(a: Frame, b: Frame) -> None:
    """Raises MediaError where the sizes differ."""
    if (a.width, a.height) != (b.width, b.height):
        raise MediaError(
            f"The pictures differ in size ({a.width}x{a.height} and {b.width}x{b.height}).",
            "Compare pictures of the same size.",
        )


def alike(frame: Frame, other: Frame) -> Frame:
    """RGB with the matrix that it is compared by: the other frame's where that is Y'CbCr, else BT.601."""
    if frame.format.family != "rgb":
        return frame
    matrix = other.colour.matrix if other.format.family == "yuv" else "smpte170m"
    return replace(frame, colour=replace(frame.colour, matrix=matrix))
