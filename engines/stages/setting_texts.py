"""Texts of settings that stand for more than a number: keyframes and rectangles."""

from __future__ import annotations

import numpy as np

from engines.errors import SettingError
from engines.types import FrameNo, Rect

Keys = tuple[tuple[FrameNo, float], ...]
"""(frame, value), ascending."""


def parsed_keys(stage: str, text: str) -> Keys:
    """Keys of `frame:value frame:value`, values 0..1; empty for an empty text. Raises SettingError."""
    keys: dict[FrameNo, float] = {}
    for part in text.split():
        frame, _, value = part.partition(":")
        try:
            number, share = int(frame), float(value)
        except ValueError:
            number, share = -1, -1.0
        if number < 0 or not 0.0 <= share <= 1.0:
            raise SettingError(
                f"Stage {stage}: keys={text!r} is not understood.", "Give frame:strength, as in 0:1 24:0.5."
            )
        keys[number] = share
    return tuple(sorted(keys.items()))


def at(keys: Keys, number: FrameNo, usual: float) -> float:
    """The value at a frame, linear between keys, the ends' beyond them; `usual` without keys."""
    if not keys:
        return usual
    return float(np.interp(number, [frame for frame, _ in keys], [value for _, value in keys]))


def parsed_rect(stage: str, text: str) -> Rect | None:
    """`x,y,width,height` in source pixels; None for an empty text. Raises SettingError."""
    if not text.strip():
        return None
    try:
        x, y, width, height = (int(part) for part in text.split(","))
    except ValueError:
        x = y = width = height = -1
    if min(x, y) < 0 or min(width, height) < 1:
        raise SettingError(f"Stage {stage}: region={text!r} is not understood.", "Give x,y,width,height in pixels.")
    return Rect(x, y, width, height)
