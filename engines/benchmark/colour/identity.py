"""What is left of code values after a way there and back: through float R'G'B', through light, through a file."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.colour.mapped import Rgb, mapped
from engines.colour.places import Places
from engines.colour.transfer import from_light, to_light
from engines.luma import chroma_range, code_range
from engines.media.convert import convert
from engines.media.encode import encode_segment
from engines.media.open import open_source
from engines.media.presets import Preset, stored_colour, stored_format
from engines.media.source import ClipInfo
from engines.types import ColourSpec, Frame, PixelFormat, Plane

MATRICES = ("smpte170m", "bt709", "bt2020nc", "smpte240m", "fcc")
RANGES = ("tv", "pc")
CURVES = ("bt709", "smpte2084", "arib-std-b67")
"""BT.1886, PQ and HLG."""

SIZE = (96, 48)
_RAMP_ROWS = 8


def picture(layout: PixelFormat, colour: ColourSpec, size: tuple[int, int] = SIZE) -> Frame:
    """Ramps over every plane's whole range above pseudo-random codes, with the extremes and nominal black and white.

    Floats hold negative light and light above white, too.
    """
    noise = np.random.default_rng(20260)
    planes = []
    for index in range(layout.plane_count):
        width, height = layout.plane_size(index, *size)
        low, high = (-2.0, 16.0) if layout.floating else (0.0, layout.peak)
        values = noise.uniform(low, high, (height, width))
        values[:_RAMP_ROWS] = np.linspace(low, high, values[:_RAMP_ROWS].size).reshape(-1, width)
        marks = [low, high, *code_range(layout, colour), chroma_range(layout, colour)[0]]
        values[-1, : len(marks)] = np.clip(marks, low, high)
        planes.append((values if layout.floating else np.rint(values)).astype(layout.dtype))
    return Frame(tuple(planes), layout, colour)


def colours_of(layout: PixelFormat) -> Iterator[ColourSpec]:
    """Every matrix and range that code values of `layout` may have."""
    for matrix in MATRICES if layout.family == "yuv" else ("rgb",) if layout.family == "rgb" else ("unknown",):
        for spread in ("pc",) if layout.floating else RANGES:
            yield ColourSpec(spread, matrix, "bt709", "linear" if layout.floating else "bt709")


def through_float(frame: Frame) -> float:
    """Largest change of a code value through nominal float R'G'B' and back, before rounding."""
    return _worst(frame, mapped(frame, 0, 0, frame.bounds, _same))


def through_light(frame: Frame) -> float:
    """The same through R'G'B' and light and back, for the worst of `CURVES`; of floats there is no such way."""
    if frame.format.floating:
        return 0.0
    return max(_worst(frame, mapped(frame, 0, 0, frame.bounds, _Lit(curve))) for curve in CURVES)


def through_file(frame: Frame, preset: Preset, folder: Path) -> float:
    """Largest change of a sample through a file of `preset` below `folder`; infinite where it says another coding."""
    place = folder / f"{preset.name}-{frame.format.name}{'' if preset.kind == 'sequence' else preset.suffix}"
    encode_segment(place, preset, _clip(frame), frame.format, [frame], 0, threads=1)
    source = open_source(place)
    try:
        back = source.read(0)
    finally:
        source.close()
    told = frame.format.family != "yuv" or (back.colour.range, back.colour.matrix) == (
        frame.colour.range,
        frame.colour.matrix,
    )
    return _worst(frame, back) if told and back.format == frame.format else float("inf")


def through_layout(frame: Frame, preset: Preset) -> float:
    """The same through nothing but the layout that a lossy preset stores, and back."""
    stored, _ = stored_format(preset, frame.format)
    colour = stored_colour(preset, frame.format, frame.colour, frame.width, frame.height)
    return _worst(frame, convert(convert(frame, stored, colour), frame.format, frame.colour))


class _Lit:
    """To light and back by one curve."""

    def __init__(self, curve: str) -> None:
        self._curve = curve

    def __call__(self, rgb: Rgb, _: Places) -> Rgb:
        return from_light(to_light(rgb, self._curve), self._curve)


def _same(rgb: Rgb, _: Places) -> Rgb:
    return rgb


def _worst(frame: Frame, after: Frame) -> float:
    return max(_apart(a, b) for a, b in zip(frame.planes, after.planes, strict=True))


def _apart(first: Plane, second: Plane) -> float:
    wide: list[NDArray[np.float64]] = [plane.astype(np.float64) for plane in (first, second)]
    return float(np.abs(wide[0] - wide[1]).max())


def _clip(frame: Frame) -> ClipInfo:
    """One picture that lies nowhere."""
    return ClipInfo(
        path=Path("identity"),
        kind="still",
        container="",
        codec="",
        width=frame.width,
        height=frame.height,
        format=frame.format,
        native_format=frame.format.name,
        colour=frame.colour,
        sar=Fraction(1),
        rate=Fraction(24),
        time_base=Fraction(1, 24),
        pts=(0,),
    )
