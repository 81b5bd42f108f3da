"""Reads TIFF stills: grey and RGB, 8 and 16 bit integers or floats, code values as stored."""

from __future__ import annotations

import logging
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from engines.errors import MediaError
from engines.media.still import Still
from engines.types import ColourSpec, PixelFormat, Plane

# Its complaints about odd tags are for programmers; ours are the errors raised below.
logging.getLogger("tifffile").addHandler(logging.NullHandler())

_DEPTHS = {"uint8": (8, False), "uint16": (16, False), "float16": (16, True), "float32": (32, True)}

DAMAGED = (
    *(tifffile.TiffFileError, zlib.error, struct.error, OSError, ValueError, LookupError, RuntimeError, TypeError),
    *(AttributeError, ArithmeticError, AssertionError, MemoryError),
)
"""What tifffile raises at files that are damaged."""


class NeedsFfmpeg(Exception):  # noqa: N818 - a signal to the caller, which has another decoder
    """tifffile lacks this compression."""


def tiff_signature(path: Path) -> str:
    """Size and sample layout from the first page's tags. Raises MediaError."""
    with _open(path) as file:
        page = _page(file, path)
        return f"{page.imagewidth}x{page.imagelength}, {page.samplesperpixel} x {page.dtype}"


def read_tiff(path: Path) -> Still:
    """The first page. Raises MediaError for damaged files and layouts we do not read, NeedsFfmpeg."""
    with _open(path) as file:
        page = _page(file, path)
        if page.dtype is None or page.dtype.name not in _DEPTHS:
            raise MediaError(f"{path.name} has {page.dtype or 'unknown'} samples.", "Write 8 or 16 bit, or float.")
        photometric = _named(page.photometric)
        if photometric not in ("RGB", "MINISBLACK"):
            raise MediaError(f"{path.name} is a {photometric} TIFF.", "Write grey (black is zero) or RGB.")
        facts = _facts(page)
        more = len(file.pages) - 1
        if more:
            facts["other_pages"] = str(more)
        try:
            samples = page.asarray()
        except DAMAGED as error:
            if "imagecodecs" in str(error):
                raise NeedsFfmpeg from error
            raise MediaError(f"{path.name} is damaged: its pixels cannot be read.", "Copy it again.") from error
        planes = _planes(samples, page, path)
        depth, floating = _DEPTHS[page.dtype.name]
    family = "rgb" if len(planes) >= 3 else "gray"
    layout = PixelFormat(family, depth, alpha=len(planes) in (2, 4), floating=floating)  # type: ignore[arg-type]
    colour = ColourSpec(range="pc", matrix="rgb" if family == "rgb" else "unknown")
    return Still(planes, layout, layout.name, colour, facts)


def _open(path: Path) -> Any:
    try:
        return tifffile.TiffFile(path)
    except DAMAGED as error:
        raise MediaError(f"{path.name} is not a readable TIFF file.", "Is it whole?") from error


def _page(file: Any, path: Path) -> Any:
    try:
        return file.pages[0]
    except DAMAGED as error:
        raise MediaError(f"{path.name} holds no picture.", "Is it whole?") from error


def _planes(samples: Any, page: Any, path: Path) -> tuple[Plane, ...]:
    """Split interleaved or separate samples: grey, grey and alpha, RGB or RGBA."""
    if samples.ndim == 2:
        return (np.ascontiguousarray(samples),)
    separate = samples.shape[0] == page.samplesperpixel and samples.shape[1:] == (page.imagelength, page.imagewidth)
    stacked = samples if separate else np.moveaxis(samples, -1, 0)
    if stacked.ndim != 3 or len(stacked) not in (2, 3, 4):
        raise MediaError(f"{path.name} has {page.samplesperpixel} samples per pixel.", "Write grey, RGB or RGBA.")
    return tuple(np.ascontiguousarray(plane) for plane in stacked)


def _facts(page: Any) -> dict[str, str]:
    wanted = ("Software", "DateTime", "Artist", "Make", "Model", "DocumentName", "ImageDescription", "Orientation")
    facts = {name: str(page.tags[name].value) for name in wanted if name in page.tags}
    return {"compression": _named(page.compression), **facts}


def _named(value: Any) -> str:
    """Numbers that the standard does not have stay numbers."""
    return str(getattr(value, "name", value))
