"""Printing density codes, the logarithm of Cineon and log DPX files, as light relative to their white, and back."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.float32]

BLACK, WHITE = 95, 685
"""10-bit codes of the film's base and of a white card (Kodak, "Conversion of 10-bit Log Film Data", 1995)."""
PEAK = 1023
_STEP = 0.002
"""Printing density per 10-bit code (SMPTE 268M, Kodak)."""
_GAMMA = 0.6
"""Of the negative."""

_RATE = PEAK * _STEP / _GAMMA * math.log(10)
_WHITE = WHITE / PEAK
_BASE = 10 ** ((BLACK - WHITE) * _STEP / _GAMMA)
_FLOOR = math.exp(-_RATE * _WHITE)
# Below code 0 and above the peak the tangent goes on, so that everything finite has a finite code and back.
_FLOOR_SLOPE, _TOP_SLOPE = _RATE * _FLOOR, _RATE * math.exp(_RATE * (1 - _WHITE))


def from_cineon(coded: Rgb) -> Rgb:
    """Light of codes / 1023: 0 at code 95, 1 at 685, 13.5 at 1023. NaN and infinities pass."""
    inside = np.clip(coded, np.float32(0), np.float32(1))
    out = inside - np.float32(_WHITE)
    out *= np.float32(_RATE)
    np.exp(out, out=out)
    out -= np.float32(_BASE)
    outside = inside != coded
    if outside.any():
        rest = (coded - inside)[outside]
        out[outside] += rest * np.where(rest < 0, np.float32(_FLOOR_SLOPE), np.float32(_TOP_SLOPE))
    out *= np.float32(1 / (1 - _BASE))
    return out


def to_cineon(light: Rgb) -> Rgb:
    """What `from_cineon` made, as codes / 1023 again."""
    exposed = light * np.float32(1 - _BASE)
    exposed += np.float32(_BASE)
    inside = np.clip(exposed, np.float32(_FLOOR), np.float32(math.exp(_RATE * (1 - _WHITE))))
    out: Rgb = np.log(inside)
    out *= np.float32(1 / _RATE)
    out += np.float32(_WHITE)
    outside = inside != exposed
    if outside.any():
        rest = (exposed - inside)[outside]
        out[outside] += rest * np.where(rest < 0, np.float32(1 / _FLOOR_SLOPE), np.float32(1 / _TOP_SLOPE))
    return out
