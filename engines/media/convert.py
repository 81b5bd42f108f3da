"""Between sample layouts: depth, range, chroma sampling and matrix, always at full precision, never through 8 bit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.errors import SettingError
from engines.luma import chroma_range, code_range, luma_weights
from engines.media.resample import resample_chroma
from engines.types import ColourSpec, Frame, PixelFormat, Plane

Nominal = NDArray[np.float64]


def convert(frame: Frame, target: PixelFormat, colour: ColourSpec) -> Frame:
    """The picture in layout `target`, its code values meaning what `colour` says.

    Planes that need no change are the same arrays; no change at all gives the same frame. Integer results are rounded
    to nearest and clipped. Raises SettingError where the conversion would drop alpha, floats or colour, or where it
    would need another Y'CbCr matrix.
    """
    source = frame.format
    if source == target and frame.colour == colour:
        return frame
    _check(frame, target, colour)
    if source.family == target.family:
        planes = _same_family(frame, target, colour)
    elif target.family == "rgb":
        planes = _to_rgb(frame, target, colour)
    else:
        planes = _to_yuv(frame, target, colour)
    if target.alpha:
        alpha = frame.planes[-1] if source.alpha else None
        planes = (*planes, _alpha(alpha, source, target, (frame.height, frame.width)))
    return Frame(planes, target, colour)


def _check(frame: Frame, target: PixelFormat, colour: ColourSpec) -> None:
    source = frame.format
    dropped = "alpha" if source.alpha and not target.alpha else ""
    dropped = "its floats" if source.floating and not target.floating else dropped
    dropped = "its colour" if target.family == "gray" != source.family else dropped
    if dropped:
        raise SettingError(f"A {source.name} picture would lose {dropped} as {target.name}.")
    known = {frame.colour.matrix, colour.matrix} - {"unknown"}
    if source.family == target.family == "yuv" and len(known) > 1:
        raise SettingError(
            f"Pictures of matrix {frame.colour.matrix} cannot be stored as {colour.matrix}.",
            f"Put stage convert last, with matrix={colour.matrix}.",
        )


def _same_family(frame: Frame, target: PixelFormat, colour: ColourSpec) -> tuple[Plane, ...]:
    source = frame.format
    colours = 1 if source.family == "gray" else 3
    planes = []
    for index, plane in enumerate(frame.planes[:colours]):
        chroma = source.family == "yuv" and index > 0
        sampled = (source.chroma_x, source.chroma_y) == (target.chroma_x, target.chroma_y) or not chroma
        was = (chroma_range if chroma else _luma_range)(source, frame.colour)
        now = (chroma_range if chroma else _luma_range)(target, colour)
        if sampled and was == now and source.depth == target.depth and source.floating == target.floating:
            planes.append(plane)
            continue
        if not sampled:
            size = (frame.width, frame.height)
            plane = resample_chroma(plane.astype(np.float32), source, target, frame.colour.chroma_location, size)
        # Codes scale by excursions' ratio: a power of two between limited ranges, the peaks' ratio between full ones.
        planes.append(_codes((plane.astype(np.float64) - was[0]) * (now[1] / was[1]) + now[0], target))
    return tuple(planes)


def _luma_range(layout: PixelFormat, colour: ColourSpec) -> tuple[float, float]:
    """Code of black, and the distance from black to white."""
    black, white = code_range(layout, colour)
    return black, white - black


def _nominal(plane: Plane, zero: float, excursion: float) -> Nominal:
    return (plane.astype(np.float64) - zero) / excursion


def _to_rgb(frame: Frame, target: PixelFormat, colour: ColourSpec) -> tuple[Plane, ...]:
    black, excursion = _luma_range(target, colour)
    if frame.format.family == "gray":
        luma = _nominal(frame.planes[0], *_luma_range(frame.format, frame.colour))
        grey = _codes(luma * excursion + black, target)
        return grey, grey, grey
    kr, kg, kb = luma_weights(frame.colour, frame.width, frame.height)
    size, location = (frame.width, frame.height), frame.colour.chroma_location
    full = replace(frame.format, chroma_x=1, chroma_y=1)
    luma = _nominal(frame.planes[0], *_luma_range(frame.format, frame.colour))
    cb, cr = (
        _nominal(
            resample_chroma(p.astype(np.float32), frame.format, full, location, size),
            *chroma_range(frame.format, frame.colour),
        )
        for p in frame.planes[1:3]
    )
    red = luma + 2 * (1 - kr) * cr
    blue = luma + 2 * (1 - kb) * cb
    green = (luma - kr * red - kb * blue) / kg
    return tuple(_codes(part * excursion + black, target) for part in (red, green, blue))


def _to_yuv(frame: Frame, target: PixelFormat, colour: ColourSpec) -> tuple[Plane, ...]:
    black, excursion = _luma_range(target, colour)
    neutral, span = chroma_range(target, colour)
    was = _luma_range(frame.format, frame.colour)
    if frame.format.family == "gray":
        luma = _nominal(frame.planes[0], *was)
        width, height = target.plane_size(1, frame.width, frame.height)
        flat = np.full((height, width), neutral, dtype=target.dtype)
        return _codes(luma * excursion + black, target), flat, flat
    red, green, blue = (_nominal(plane, *was) for plane in frame.planes[:3])
    kr, kg, kb = luma_weights(colour, frame.width, frame.height)
    luma = kr * red + kg * green + kb * blue
    full = replace(target, chroma_x=1, chroma_y=1)
    size = (frame.width, frame.height)
    chroma = (
        resample_chroma(part.astype(np.float32), full, target, colour.chroma_location, size)
        for part in ((blue - luma) / (2 * (1 - kb)), (red - luma) / (2 * (1 - kr)))
    )
    return _codes(luma * excursion + black, target), *(_codes(part * span + neutral, target) for part in chroma)


def _alpha(plane: Plane | None, source: PixelFormat, target: PixelFormat, shape: tuple[int, int]) -> Plane:
    """Alpha is full range whatever the picture's range is; a picture without one is opaque."""
    if plane is None:
        return np.full(shape, target.peak, dtype=target.dtype)
    if source.depth == target.depth and source.floating == target.floating:
        return plane
    return _codes(plane.astype(np.float64) * (target.peak / source.peak), target)


def _codes(values: NDArray[Any], layout: PixelFormat) -> Plane:
    rounded = values if layout.floating else np.clip(np.rint(values), 0, layout.peak)
    return np.asarray(rounded, dtype=layout.dtype)
