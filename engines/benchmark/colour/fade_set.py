"""The faded pictures of the benchmark: held-out photographs, each faded several times over, with their truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from engines.benchmark.pictures import pictures_in, read_picture
from engines.colour.mapped import Rgb
from engines.training.simulator.fade.draw import draw_fade
from engines.training.simulator.fade.fading import Fade, faded, fresh
from engines.types import ColourSpec, Frame, PixelFormat

SETS = ("kodak24", "set14", "urban100_sub", "cbsd68_sub")
COUNT = 200
_LONGEST = 256
# The one picture of Set14 that journals no longer take.
_LEFT_OUT = "lenna"
_GREY = 4.0
_SEED = 20260
SCAN = ColourSpec(range="pc", matrix="rgb", primaries="bt709", transfer="bt709")
_BITS = 8


@dataclass(frozen=True)
class Photograph:
    """name, and 3 x H x W nominal R'G'B' of 8 bits."""

    name: str
    picture: Rgb


@dataclass(frozen=True)
class Case:
    """truth: the scan of the film when new; scan: of what is left of it; heaviness: 0 (none) .. 1."""

    name: str
    fade: Fade
    heaviness: float
    truth: Rgb
    scan: Rgb


def photographs(folder: Path, limit: int | None = None) -> list[Photograph]:
    """Colour pictures of `SETS` below `folder`, at most 256 pixels long, at most `limit` of each set.

    Raises MediaError where a set is missing.
    """
    held = []
    for name in SETS:
        found = [read_photograph(path) for path in pictures_in(folder / name) if path.stem != _LEFT_OUT]
        held += [one for one in found if _is_coloured(one.picture)][:limit]
    return held


def read_photograph(path: Path) -> Photograph:
    """A picture, reduced to at most 256 pixels. Raises MediaError."""
    picture = np.stack(read_picture(path).planes)
    height, width = picture.shape[1:]
    share = _LONGEST / max(height, width)
    if share < 1.0:
        size = (round(width * share), round(height * share))
        picture = cv2.resize(picture.transpose(1, 2, 0), size, interpolation=cv2.INTER_AREA).transpose(2, 0, 1)
    return Photograph(path.stem, np.ascontiguousarray(picture.astype(np.float32) / 255.0))


def faded_cases(pictures: list[Photograph], count: int) -> Iterator[Case]:
    """`count` fades from light to heavy in even steps, the pictures in turn; the same again every time."""
    order = np.random.default_rng(_SEED).permutation(count)
    for number in range(count):
        heaviness = (float(order[number]) + 0.5) / count
        fade = draw_fade(np.random.default_rng((_SEED, number)), heaviness, held_out=True)
        one = pictures[number % len(pictures)]
        yield Case(one.name, fade, heaviness, fresh(one.picture, fade), faded(one.picture, fade))


def as_frame(picture: Rgb) -> Frame:
    """The picture as an 8-bit RGB scan."""
    codes = np.rint(np.clip(picture, 0.0, 1.0) * (2**_BITS - 1)).astype(np.uint8)
    return Frame(tuple(np.ascontiguousarray(plane) for plane in codes), PixelFormat("rgb", _BITS), SCAN)


def as_picture(frame: Frame) -> Rgb:
    """The R'G'B' of an integer RGB frame of full range."""
    most = np.float32(2**frame.format.depth - 1)
    return np.stack([np.asarray(plane, np.float32) / most for plane in frame.planes[:3]])


def _is_coloured(picture: Rgb) -> bool:
    return bool(np.ptp(picture, axis=0).mean() * 255.0 > _GREY)
