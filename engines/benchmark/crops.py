"""Crops of the same place of several pictures side by side, written as a PNG to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from engines.errors import MediaError
from engines.luma import luma_of
from engines.media.display import to_rgb8
from engines.media.sink import refuse_existing, whole_file
from engines.types import Frame

_SIDE, _GROWN, _GAP, _HEAD = 192, 2, 8, 28
_GROUND, _TEXT = (22, 24, 29), (238, 236, 230)


def write_crops(path: Path, pictures: Sequence[tuple[str, Frame]]) -> None:
    """The 192 x 192 pixels with the most detail in the last picture, doubled by repetition, with captions.

    Raises MediaError where `path` exists or the picture is smaller than the crop, RenderError where it cannot be
    written.
    """
    refuse_existing(path)
    y, x = _busiest(pictures[-1][1])
    side = _SIDE * _GROWN
    sheet = Image.new("RGB", (len(pictures) * (side + _GAP) + _GAP, side + _HEAD + _GAP), _GROUND)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(16)
    for index, (caption, picture) in enumerate(pictures):
        left = _GAP + index * (side + _GAP)
        crop = to_rgb8(picture)[y : y + _SIDE, x : x + _SIDE]
        sheet.paste(Image.fromarray(crop.repeat(_GROWN, 0).repeat(_GROWN, 1)), (left, _HEAD))
        draw.text((left, _HEAD / 2), caption, _TEXT, font, anchor="lm")
    with whole_file(path) as partial:
        sheet.save(partial, format="PNG")


def _busiest(frame: Frame) -> tuple[int, int]:
    """Top and left of the crop with the largest mean luma step, on a grid of half crops."""
    if min(frame.width, frame.height) < _SIDE:
        raise MediaError(f"Crops need pictures of at least {_SIDE}x{_SIDE} pixels.", "Leave --crops out.")
    luma = luma_of(frame)
    steps = np.abs(np.diff(luma, axis=0, append=luma[-1:])) + np.abs(np.diff(luma, axis=1, append=luma[:, -1:]))
    half = _SIDE // 2
    corners = [
        (y, x) for y in range(0, frame.height - _SIDE + 1, half) for x in range(0, frame.width - _SIDE + 1, half)
    ]
    return max(corners, key=lambda c: float(steps[c[0] : c[0] + _SIDE, c[1] : c[1] + _SIDE].mean()))
