"""Texts of settings that stand for more than a number: keyframes, rectangles, spots, curves, colours."""

from __future__ import annotations

import math

import numpy as np

from engines.errors import SettingError
from engines.types import FrameNo, Rect

Keys = tuple[tuple[FrameNo, float], ...]
"""(frame, value), ascending."""

Points = tuple[tuple[FrameNo, int, int], ...]
"""(frame, x, y) of spots, in source pixels, in the order they were picked."""

CurvePoints = tuple[tuple[float, float], ...]
"""(x, y) of 0..1, x ascending and at least `CURVE_STEP` apart."""

CURVE_STEP = 0.001
"""Least distance in x between two points of a curve."""


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


def parsed_points(stage: str, text: str, key: str = "points") -> Points:
    """Spots of `frame:x,y frame:x,y`; empty for an empty text. Raises SettingError."""
    points = []
    for part in text.split():
        frame, _, place = part.partition(":")
        try:
            x, y = (int(number) for number in place.split(","))
            number = int(frame)
        except ValueError:
            number = x = y = -1
        if min(number, x, y) < 0:
            raise SettingError(
                f"Stage {stage}: {key}={text!r} is not understood.", "Give frame:x,y in pixels, as in 0:320,200."
            )
        points.append((number, x, y))
    return tuple(points)


def parsed_curve(stage: str, text: str, key: str = "curve") -> CurvePoints:
    """Points of `x,y x,y`; empty for an empty text (a straight line). Raises SettingError."""
    points: list[tuple[float, float]] = []
    for part in text.split():
        try:
            x, y = (float(number) for number in part.split(","))
        except ValueError:
            x = y = math.nan
        # Written so that a NaN, which compares false with everything, is refused.
        if not (0.0 <= x <= 1.0 and 0.0 <= y <= 1.0 and (not points or x >= points[-1][0] + CURVE_STEP)):
            raise SettingError(
                f"Stage {stage}: {key}={text!r} is not understood.",
                "Give points x,y of 0 to 1 from left to right, as in 0,0 0.5,0.6 1,1.",
            )
        points.append((x, y))
    if len(points) == 1:
        raise SettingError(f"Stage {stage}: {key}={text!r} is one point only.", "A curve needs two points or more.")
    return tuple(points)


def parsed_colour(
    stage: str, text: str, key: str = "colour", low: float | None = None, high: float | None = None
) -> tuple[float, float, float]:
    """The three numbers of `r,g,b`. Raises SettingError, also where one is outside `low` to `high`."""
    try:
        red, green, blue = (float(number) for number in text.split(","))
    except ValueError:
        red = green = blue = math.nan
    least, most = (-math.inf if low is None else low), (math.inf if high is None else high)
    if not all(math.isfinite(value) and least <= value <= most for value in (red, green, blue)):
        within = "" if low is None or high is None else f" from {low:g} to {high:g}"
        raise SettingError(f"Stage {stage}: {key}={text!r} is not understood.", f"Give three numbers r,g,b{within}.")
    return red, green, blue
