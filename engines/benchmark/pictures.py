"""Benchmark stills: found, read, and degraded in the ways that the tables name; frames in, frames out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from engines.errors import MediaError
from engines.luma import luma_of
from engines.training.degradations import jpeg_pass, shrink
from engines.types import ColourSpec, Frame, PixelFormat

RGB8, GREY8 = PixelFormat("rgb", 8), PixelFormat("gray", 8)
# The studio formula for stills is BT.601's.
STILL = ColourSpec(range="pc", matrix="smpte170m")
_SUFFIXES = {".png", ".webp", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff"}


def pictures_in(folder: Path, limit: int | None = None) -> list[Path]:
    """The pictures of a set, by name, at most `limit`. Raises MediaError where there are none."""
    found = sorted(p for p in folder.glob("*") if p.suffix.lower() in _SUFFIXES)
    if not found:
        raise MediaError(f"There are no pictures in {folder}.", "Put the set there, or leave this row out.")
    return found[:limit]


def read_picture(path: Path, multiple: int = 1) -> Frame:
    """8-bit RGB, cut to a multiple of `multiple`; grey pictures as three equal channels. Raises MediaError."""
    try:
        with Image.open(path) as opened:
            picture = np.asarray(opened.convert("RGB"))
    except (OSError, UnidentifiedImageError) as error:
        raise MediaError(f"{path} cannot be read as a picture ({error}).", "Replace it by a good copy.") from error
    height, width = (side // multiple * multiple for side in picture.shape[:2])
    if not (height and width):
        raise MediaError(f"{path} is too small to be shrunk {multiple} times.", "Leave it out.")
    return Frame(tuple(picture[:height, :width, c].copy() for c in range(3)), RGB8, STILL)


def grey_of(frame: Frame) -> Frame:
    """Luma alone, as 8-bit full-range grey."""
    return Frame((_codes(luma_of(frame) * 255.0),), GREY8, STILL)


def shrunk(frame: Frame, scale: int) -> Frame:
    """Every plane `scale` times smaller by antialiased bicubic reduction, rounded to 8 bits."""
    planes = (torch.from_numpy(p.astype(np.float32))[None, None] for p in frame.planes)
    return frame.with_planes(tuple(_codes(shrink(p, scale)[0, 0].numpy()) for p in planes))


def noisy(frame: Frame, sigma: float, seed: int) -> Frame:
    """White Gaussian noise of `sigma` 8-bit code values (of full range) on the first plane, rounded to 8 bits."""
    share = 1.0 if frame.format.family != "yuv" or frame.colour.range == "pc" else 219.0 / 255.0
    grain = np.random.default_rng(seed).standard_normal(frame.planes[0].shape) * sigma * share
    return frame.with_planes((_codes(frame.planes[0] + grain), *frame.planes[1:]))


def jpeg(frame: Frame, quality: int) -> Frame:
    """The first plane through libjpeg at `quality`."""
    return frame.with_planes((jpeg_pass(frame.planes[0], quality), *frame.planes[1:]))


def _codes(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    return np.asarray(np.clip(np.rint(values), 0, 255), dtype=np.uint8)
