"""Reads OpenEXR stills: half and float samples as they are stored."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR

from engines.colour.spaces import PRIMARIES
from engines.errors import MediaError
from engines.media.still import Still
from engines.types import ColourSpec, PixelFormat

_NEAR = 5e-4
"""How far written chromaticities may lie from the standard's: they are rounded to three or four decimals."""
_LAYOUTS = (("R", "G", "B", "A"), ("R", "G", "B"), ("Y", "A"), ("Y",))


def exr_signature(path: Path) -> str:
    """Size and channels from the header: what all files of a sequence must share. Raises MediaError."""
    with _damage_told(path):
        header = _open(path, header_only=True).header()
        left_top, right_bottom = header["dataWindow"]
        width, height = (right_bottom - left_top + 1).tolist()
        return f"{width}x{height}, {', '.join(sorted(channel.name for channel in header['channels']))}"


def read_exr(path: Path) -> Still:
    """R, G, B and A, or Y and A, of the data window of the first part. Other channels are named in `facts`.

    Raises MediaError where the file is damaged, or holds no such channels, or integer or subsampled ones.
    """
    with _damage_told(path), _open(path) as file:
        header, channels, parts = dict(file.header()), file.channels(), len(file.parts)
        # Copied: the arrays point into the file, which is closed below.
        pixels = {name: np.array(channel.pixels) for name, channel in channels.items()}
    names = next((layout for layout in _LAYOUTS if set(layout) <= pixels.keys()), None)
    if names is None:
        hint = f"It has {', '.join(sorted(pixels)) or 'none'}."
        raise MediaError(f"{path.name} has neither R, G, B nor Y channels.", hint)
    chosen = [pixels[name] for name in names]
    if any(p.dtype.kind != "f" or p.shape != chosen[0].shape for p in chosen):
        raise MediaError(f"{path.name} has integer or subsampled channels.", "Write half or float, all of one size.")
    dtype = np.result_type(*(p.dtype for p in chosen))
    depth = dtype.itemsize * 8
    layout = PixelFormat("rgb" if "R" in names else "gray", depth, alpha="A" in names, floating=True)
    planes = tuple(np.ascontiguousarray(p, dtype=dtype) for p in chosen)
    rest = sorted(pixels.keys() - set(names))
    with _damage_told(path):
        return Still(planes, layout, layout.name, _colour(layout, header), _facts(header, rest, parts), *_time(header))


@contextlib.contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    """What the package raises, and what values lead to that no writer meant, as MediaError."""
    try:
        yield
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError) as error:
        raise MediaError(f"{path.name} is damaged: it cannot be read.", "Copy it again.") from error


def _open(path: Path, **options: bool) -> Any:
    try:
        return OpenEXR.File(str(path), separate_channels=True, **options)
    except (RuntimeError, OSError, ValueError) as error:
        raise MediaError(f"{path.name} is not a readable EXR file.", "Is it whole?") from error


def _colour(layout: PixelFormat, header: dict[str, Any]) -> ColourSpec:
    """EXR is scene-linear by definition; primaries are only known where chromaticities are those of a known set."""
    matrix = "rgb" if layout.family == "rgb" else "unknown"
    told = np.ravel(header["chromaticities"]) if "chromaticities" in header else None
    known = (
        name
        for name, points in PRIMARIES.items()
        if told is not None and np.allclose(told, np.ravel(points), rtol=0, atol=_NEAR)
    )
    return ColourSpec(range="pc", matrix=matrix, primaries=next(known, "unknown"), transfer="linear")


def _facts(header: dict[str, Any], rest: list[str], parts: int) -> dict[str, str]:
    facts = {name: str(value) for name, value in header.items() if isinstance(value, str | float | int)}
    facts["compression"] = header["compression"].name
    for window in ("dataWindow", "displayWindow"):
        low, high = header[window]
        facts[window] = f"{low[0]},{low[1]} - {high[0]},{high[1]}"
    if rest:
        facts["other_channels"] = ", ".join(rest)
    if parts > 1:
        facts["other_parts"] = str(parts - 1)
    if "chromaticities" in header:
        facts["chromaticities"] = ", ".join(f"{float(v):g}" for v in np.ravel(header["chromaticities"]))
    return facts


def _time(header: dict[str, Any]) -> tuple[Fraction | None, str | None, Fraction]:
    """(rate, timecode, sample aspect ratio)"""
    rate, code = header.get("framesPerSecond"), header.get("timeCode")
    fraction = Fraction(rate) if rate else None
    aspect = Fraction(float(header.get("pixelAspectRatio", 1.0))).limit_denominator(1000)
    if code is None:
        return fraction, None, aspect
    mark = ";" if code.dropFrame else ":"
    text = f"{code.hours:02}:{code.minutes:02}:{code.seconds:02}{mark}{code.frame:02}"
    return fraction, text, aspect
