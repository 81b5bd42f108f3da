"""Any frame as 8-bit RGB for a screen, a thumbnail or a picture in a report. For looking at, never for the pipeline."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.luma import chroma_range, code_range, luma_weights
from engines.siting import chroma_phase
from engines.types import Frame, PixelFormat, Plane

Rgb8 = NDArray[np.uint8]

_LINEAR_STEPS = 4096


def to_rgb8(frame: Frame) -> Rgb8:
    """H x W x 3 uint8, sRGB-like: matrix and range undone, chroma interpolated at its siting, alpha over black.

    Floats that are untagged or tagged linear get the sRGB curve (negative light is black, light above 1 white); other
    transfer curves are shown as they are coded. Planes may be native samples or float32 code values.
    """
    layout = frame.format
    if layout.floating:
        return _from_float(frame)
    planes = [_workable(plane) for plane in frame.planes]
    if layout.family == "gray":
        rgb = cv2.cvtColor(_affine(planes[0], *_grey_map(frame)), cv2.COLOR_GRAY2RGB)
    else:
        colours = planes[:3]
        if layout.family == "yuv":
            colours = [colours[0], *(to_luma_grid(c, frame) for c in colours[1:])]
        rgb = _mix(cv2.merge(colours), _matrix(frame))
    if layout.alpha:
        # Integer formats store colour unassociated with alpha.
        cover = _affine(planes[-1], 255.0 / layout.peak, 0.0)
        rgb = cv2.multiply(rgb, cv2.cvtColor(cover, cv2.COLOR_GRAY2RGB), scale=1.0 / 255.0)
    return np.asarray(rgb, dtype=np.uint8)


def _workable(plane: Plane) -> Plane:
    return plane.astype(np.float32) if plane.dtype == np.float16 else plane


def _grey_map(frame: Frame) -> tuple[float, float]:
    black, white = code_range(frame.format, frame.colour)
    gain = 255.0 / (white - black)
    return gain, -black * gain


def _matrix(frame: Frame) -> NDArray[np.float64]:
    """3 x 4: codes of Y'CbCr or RGB to RGB of 0..255."""
    black, white = code_range(frame.format, frame.colour)
    gain = 255.0 / (white - black)
    if frame.format.family == "rgb":
        return np.hstack([np.eye(3) * gain, np.full((3, 1), -black * gain)])
    neutral, excursion = chroma_range(frame.format, frame.colour)
    chroma = 255.0 / excursion
    if frame.colour.matrix == "rgb":  # the rare G, B, R stored as Y'CbCr planes
        swap = np.array([[0, 0, 1.0], [1, 0, 0], [0, 1, 0]]) * gain
        return np.hstack([swap, np.full((3, 1), -black * gain)])
    kr, kg, kb = luma_weights(frame.colour, frame.width, frame.height)
    red, blue = 2 * (1 - kr) * chroma, 2 * (1 - kb) * chroma
    linear = np.array([[gain, 0, red], [gain, -blue * kb / kg, -red * kr / kg], [gain, blue, 0]])
    return np.hstack([linear, -linear @ np.array([[black], [neutral], [neutral]])])


def _mix(codes: NDArray[Any], matrix: NDArray[np.float64]) -> Rgb8:
    """H x W x 3 codes through a 3 x 4 matrix to uint8, rounded and saturated; in the codes' own type, for speed."""
    if codes.dtype == np.uint8:
        return np.asarray(cv2.transform(codes, matrix), dtype=np.uint8)
    if codes.dtype == np.uint16:
        return np.asarray(cv2.convertScaleAbs(cv2.transform(codes, matrix * 256.0), alpha=1 / 256.0), dtype=np.uint8)
    return _saturated(cv2.transform(codes, matrix))


def _affine(plane: Plane, gain: float, offset: float) -> Rgb8:
    if plane.dtype == np.uint8 and gain == 1.0 and offset == 0.0:
        return np.asarray(plane, dtype=np.uint8)
    return _saturated(np.asarray(plane, dtype=np.float32) * np.float32(gain) + np.float32(offset))


def _saturated(values: NDArray[Any]) -> Rgb8:
    return np.asarray(np.rint(np.clip(values, 0.0, 255.0)), dtype=np.uint8)


def to_luma_grid(plane: Plane, frame: Frame) -> Plane:
    """Bilinear interpolation of a chroma plane at the luma positions."""
    layout: PixelFormat = frame.format
    if layout.chroma_x == layout.chroma_y == 1:
        return plane
    x, y = chroma_phase(frame.colour.chroma_location)
    shift_x, shift_y = x * (1 / layout.chroma_x - 1), y * (1 / layout.chroma_y - 1)
    to_chroma = np.array([[1 / layout.chroma_x, 0, shift_x], [0, 1 / layout.chroma_y, shift_y]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (frame.width, frame.height)
    return np.asarray(cv2.warpAffine(plane, to_chroma, size, flags=flags, borderMode=cv2.BORDER_REPLICATE))


def _from_float(frame: Frame) -> Rgb8:
    planes = [np.nan_to_num(plane.astype(np.float32), nan=0.0, posinf=1.0, neginf=0.0) for plane in frame.planes]
    # Float files (OpenEXR) store colour multiplied by alpha: over black it is what it is.
    colours = planes[:1] * 3 if frame.format.family == "gray" else planes[:3]
    if frame.format.family == "yuv":
        colours = [colours[0], *(to_luma_grid(c, frame) for c in colours[1:])]
        coded = cv2.transform(cv2.merge(colours), _matrix(frame) / 255.0)
    else:
        coded = cv2.merge(colours)
    if frame.colour.transfer not in ("unknown", "linear"):
        return _saturated(coded * np.float32(255.0))
    # A table over the square root resolves the steep start of the curve.
    index = np.rint(np.sqrt(np.clip(coded, 0.0, 1.0)) * np.float32(_LINEAR_STEPS)).astype(np.int32)
    return np.asarray(_srgb_table()[index], dtype=np.uint8)


def _srgb_table() -> Rgb8:
    light = (np.arange(_LINEAR_STEPS + 1) / _LINEAR_STEPS) ** 2
    coded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return _saturated(coded * 255.0)
