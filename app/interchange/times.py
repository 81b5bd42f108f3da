"""Rates and timecodes as timelines write them, made exact and checked."""

from __future__ import annotations

import math
import re
from fractions import Fraction

from engines.errors import SettingError
from engines.media.timecode import frames_between, shift_timecode
from engines.types import Rate

LOWEST_RATE, HIGHEST_RATE = 1, 1000
"""Frames per second that anybody means."""
FARTHEST = 10**9
"""Frames: more than a year at 25 per second."""
_LABEL = re.compile(r"(\d\d):([0-5]\d):([0-5]\d)([:;.])(\d\d\d?)")


def exact_rate(value: float) -> Rate:
    """The rate that a decimal stands for: 23.976 is 24000/1001. Raises SettingError where it is no rate."""
    if not (math.isfinite(value) and LOWEST_RATE <= value <= HIGHEST_RATE):
        raise SettingError(
            f"A rate of {value:g} frames per second is none that a film has.",
            f"Rates go from {LOWEST_RATE} to {HIGHEST_RATE}.",
        )
    whole = round(value)
    if abs(value - whole) < 1e-4:
        return Fraction(whole)
    ntsc = Fraction(math.ceil(value) * 1000, 1001)
    return ntsc if abs(value - ntsc) < 5e-3 else Fraction(value).limit_denominator(1001)


def can_drop(rate: Rate) -> bool:
    """Whether drop-frame timecode (SMPTE ST 12-1) exists at this rate."""
    return rate.denominator != 1 and round(rate) % 30 == 0


def frames_of(label: str, rate: Rate, *, drop: bool = False) -> int:
    """Frames from 00:00:00:00 to `label`. drop: also where it is written with colons. Raises SettingError."""
    match = _LABEL.fullmatch(label.strip())
    if match is None or int(match[1]) > 23 or int(match[5]) >= round(rate):
        raise SettingError(
            f"{label!r} is no timecode at {float(rate):g} frames per second.", "Check the rate of the media."
        )
    dropped = (drop or match[4] != ":") and can_drop(rate)
    if dropped and match[3] == "00" and int(match[2]) % 10 and int(match[5]) < round(rate) // 15:
        raise SettingError(f"{label} does not exist: drop-frame timecode leaves it out.", "Check the timeline.")
    return frames_between(_zero(dropped), label.strip(), rate)


def label_of(frames: int, rate: Rate, *, drop: bool = False) -> str:
    """The timecode `frames` after midnight; wraps at 24 hours."""
    return shift_timecode(_zero(drop and can_drop(rate)), frames, rate)


def is_drop(label: str) -> bool:
    """Whether a timecode is written as drop-frame."""
    match = _LABEL.fullmatch(label.strip())
    return match is not None and match[4] != ":"


def _zero(drop: bool) -> str:
    return "00:00:00;00" if drop else "00:00:00:00"
