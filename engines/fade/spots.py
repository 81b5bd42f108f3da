"""The colour of a spot that a person picked in the scan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engines.colour.mapped import nominal_rgb
from engines.errors import SettingError
from engines.fade.fit import Kind, Spot
from engines.scene_linear import encoded, is_linear
from engines.types import Frame, Rect
from engines.viewing import pinned

_AROUND = 2
"""Pixels on each side whose median is the spot's colour: grain is no colour."""

_CHROMA = 4
"""More pixels on each side, for the chroma that is interpolated."""


def spot_colour(kind: Kind, frame: Frame, x: int, y: int, reduction: int = 1) -> Spot:
    """Median of the pixels around source pixel (x, y), of a frame that was reduced by so much.

    Raises SettingError where the spot is outside the picture.
    """
    if not (0 <= x < frame.width * reduction and 0 <= y < frame.height * reduction):
        size = f"{frame.width * reduction} x {frame.height * reduction}"
        raise SettingError(
            f"Stage fade: {kind}: the spot {x},{y} is outside the picture ({size}).", "Pick a spot in the picture."
        )
    column, row = min(x // reduction, frame.width - 1), min(y // reduction, frame.height - 1)
    spot = Rect(column, row, 1, 1).grown(_AROUND // reduction, frame.bounds)
    wide = spot.grown(_CHROMA, frame.bounds).aligned(frame.format.chroma_x, frame.format.chroma_y, frame.bounds)
    cut = frame.crop(wide)
    shown = nominal_rgb(replace(cut, colour=pinned(frame.colour, frame.width, frame.height)))
    if is_linear(frame.format, frame.colour):
        shown = encoded(shown)
    rows, columns = slice(spot.y - wide.y, spot.bottom - wide.y), slice(spot.x - wide.x, spot.right - wide.x)
    red, green, blue = np.median(shown[:, rows, columns].reshape(3, -1), axis=1).tolist()
    return Spot(kind, (red, green, blue), 2 * (column + 0.5) / frame.width - 1, 2 * (row + 0.5) / frame.height - 1)
