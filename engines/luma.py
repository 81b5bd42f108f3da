"""Luma on the nominal scale (black 0, white 1) out of any frame, and back: the only place that knows code ranges."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.types import ColourSpec, Frame, PixelFormat

Luma = NDArray[np.float32]

_MOST = 65504.0
# Kr, Kb by FFmpeg's matrix names (ITU-T H.273, table 4).
_WEIGHTS = {
    "bt709": (0.2126, 0.0722),
    "smpte170m": (0.299, 0.114),
    "bt470bg": (0.299, 0.114),
    "fcc": (0.30, 0.11),
    "smpte240m": (0.212, 0.087),
    "bt2020nc": (0.2627, 0.0593),
    "bt2020c": (0.2627, 0.0593),
}


def matrix_name(colour: ColourSpec, width: int, height: int) -> str:
    """The matrix as tagged. Untagged material counts as BT.601 up to 1024 x 576 and as BT.709 above."""
    if colour.matrix in _WEIGHTS:
        return colour.matrix
    return "bt709" if width > 1024 or height > 576 else "smpte170m"


def luma_weights(colour: ColourSpec, width: int, height: int) -> tuple[float, float, float]:
    """Weights of R, G, B in luma, for the matrix that `matrix_name` tells."""
    kr, kb = _WEIGHTS[matrix_name(colour, width, height)]
    return kr, 1.0 - kr - kb, kb


def code_range(layout: PixelFormat, colour: ColourSpec) -> tuple[float, float]:
    """Code values of nominal black and white in luma or RGB planes.

    Y'CbCr is limited unless tagged full ("pc"); RGB and grey are full unless tagged limited ("tv").
    """
    if layout.floating:
        return 0.0, 1.0
    limited = colour.range != "pc" if layout.family == "yuv" else colour.range == "tv"
    step = 2.0 ** (layout.depth - 8)
    return (16.0 * step, 235.0 * step) if limited else (0.0, layout.peak)


def chroma_range(layout: PixelFormat, colour: ColourSpec) -> tuple[float, float]:
    """Code value of neutral chroma, and the code distance that stands for a chroma excursion of 1 (-0.5..0.5)."""
    if layout.floating:
        return 0.0, 1.0
    step = 2.0 ** (layout.depth - 8)
    return 128.0 * step, (layout.peak if colour.range == "pc" else 224.0 * step)


def luma_of(frame: Frame) -> Luma:
    """H x W float32, nominal 0..1 (values outside where the codes go beyond black and white).

    Always numbers: of floats NaN counts as 0, infinities as the largest half float.
    """
    black, white = code_range(frame.format, frame.colour)
    if frame.format.family == "rgb":
        weights = luma_weights(frame.colour, frame.width, frame.height)
        mixed: NDArray[Any] = sum(
            np.float32(w) * plane.astype(np.float32) for w, plane in zip(weights, frame.planes[:3], strict=True)
        )  # type: ignore[assignment]
    else:
        mixed = frame.planes[0].astype(np.float32)
    if frame.format.floating:
        mixed = np.nan_to_num(mixed, nan=0.0, posinf=_MOST, neginf=-_MOST)
    return np.asarray((mixed - np.float32(black)) * np.float32(1.0 / (white - black)), dtype=np.float32)


def codes_of(luma: Luma, frame: Frame) -> Luma:
    """Nominal luma back to (unrounded) code values of `frame`'s luma plane."""
    black, white = code_range(frame.format, frame.colour)
    return luma * np.float32(white - black) + np.float32(black)
