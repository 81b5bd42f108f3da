"""Frames through a view transform to 8-bit RGB: transforms are compiled when they are first needed, then kept."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engines.colour.automatic import Automatic, is_plain, transfer_of
from engines.colour.cube import read_cube
from engines.colour.lattice import Shown, half_curve, in_turn
from engines.colour.mapped import Rgb, code_matrix, times
from engines.colour.ocio import config_shown, stamp_of
from engines.colour.screen import Screen
from engines.colour.transfer import from_light
from engines.luma import code_range
from engines.media.display import to_luma_grid, to_rgb8
from engines.types import ColourSpec, Frame, PixelFormat

Rgb8 = NDArray[np.uint8]

_KEPT = 12
_STRIP = 2**16
"""Pixels worked on at once: what fits a processor's own cache."""
_THREADS = 2
_WORTH = 8
"""From so many strips on a second thread is worth its start."""
_MOST = float(np.finfo(np.float16).max)


class Transform(Protocol):
    """What the screen makes of colours."""

    def apply(self, rgb: Rgb) -> Rgb8:
        """Nominal R'G'B' (3 x H x W, which it may write into) to H x W x 3."""
        ...


def seen(frame: Frame, screen: Screen) -> Rgb8:
    """H x W x 3 uint8 as `screen` shows the frame, without its overlay; alpha over black. Its colour says the matrix.

    Raises SettingError where a config or a LUT cannot be used.
    """
    if is_plain(screen, frame.format, frame.colour):
        return to_rgb8(frame)
    transform = transform_of(screen, frame.format, frame.colour)
    out = np.empty((frame.height, frame.width, 3), np.uint8)

    def fill(rows: slice) -> None:
        out[rows] = transform.apply(part(rows))

    part, heights = parts(frame), strips(frame)
    if len(heights) < _WORTH:
        for rows in heights:
            fill(rows)
    else:
        with ThreadPoolExecutor(_THREADS, "look") as pool:
            list(pool.map(fill, heights))
    if frame.format.alpha and not frame.format.floating:
        # Integer formats store colour unassociated with alpha.
        cover = np.asarray(frame.planes[-1], np.float32) * np.float32(1.0 / frame.format.peak)
        out = np.rint(out * np.clip(cover, 0.0, 1.0)[..., None]).astype(np.uint8)
    return out


def transform_of(screen: Screen, layout: PixelFormat, colour: ColourSpec) -> Transform:
    """What a view transform that is not plain does with frames of such a layout and colour. Raises SettingError."""
    told = ColourSpec(primaries=colour.primaries, transfer=colour.transfer)
    stamp = stamp_of(screen.lut if screen.kind == "lut" else screen.config) if screen.kind != "automatic" else 0
    return _compiled(screen.bare(), layout.floating, told, stamp)


@lru_cache(maxsize=_KEPT)
def _compiled(screen: Screen, floating: bool, colour: ColourSpec, _stamp: int) -> Transform:
    """_stamp: another one when the file that `screen` names changed."""
    layout = PixelFormat("rgb", 32 if floating else 16, floating=floating)
    if screen.kind == "ocio":
        return config_shown(screen, layout, colour)
    if screen.kind == "lut":
        table = read_cube(Path(screen.lut)).transform()
        if transfer_of(layout, colour) != "linear":
            return Shown(table)
        # Tables for viewing expect codes.
        return Shown(in_turn(half_curve(lambda light: from_light(light, "iec61966-2-1")), table))
    return Automatic(screen, layout, colour)


def strips(frame: Frame) -> list[slice]:
    """Its rows in portions that fit a cache."""
    height = max(1, _STRIP // max(frame.width, 1))
    return [slice(top, min(top + height, frame.height)) for top in range(0, frame.height, height)]


def parts(frame: Frame) -> Callable[[slice], Rgb]:
    """Nominal R'G'B' (3 x rows x W float32) of rows, chroma interpolated at its siting; NaN counts as 0."""
    planes = list(frame.planes[: 1 if frame.format.family == "gray" else 3])
    if frame.format.family == "yuv":
        planes[1:] = [to_luma_grid(plane, frame) for plane in planes[1:]]
    black, white = code_range(frame.format, frame.colour)
    gain = 1.0 / (white - black)
    grey = np.array([[gain, 0.0, 0.0, -black * gain]] * 3)
    matrix = grey if frame.format.family == "gray" else code_matrix(frame)

    def part(rows: slice) -> Rgb:
        found = [np.asarray(plane[rows], np.float32) for plane in planes]
        if frame.format.floating:
            found = [np.clip(np.nan_to_num(plane), -_MOST, _MOST) for plane in found]
        return times(matrix, found if len(found) == 3 else found * 3)

    return part
