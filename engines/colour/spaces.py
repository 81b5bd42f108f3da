"""Primaries by FFmpeg's names: linear light to CIE XYZ, and from one set of primaries to another."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from engines.errors import SettingError

Matrix = NDArray[np.float64]

_D65, _C, _E, _DCI = (0.3127, 0.3290), (0.310, 0.316), (1 / 3, 1 / 3), (0.314, 0.351)
_REC709 = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), _D65)
_SMPTE_C = ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65)
_P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))

PRIMARIES = MappingProxyType(
    {
        "bt709": _REC709,
        "bt470m": ((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), _C),
        "bt470bg": ((0.640, 0.330), (0.290, 0.600), (0.150, 0.060), _D65),
        "smpte170m": _SMPTE_C,
        "smpte240m": _SMPTE_C,
        "film": ((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), _C),
        "bt2020": ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), _D65),
        "smpte428": ((1.0, 0.0), (0.0, 1.0), (0.0, 0.0), _E),
        "smpte431": (*_P3, _DCI),
        "smpte432": (*_P3, _D65),
        "ebu3213": ((0.630, 0.340), (0.295, 0.605), (0.155, 0.077), _D65),
        "unknown": _REC709,
    }
)
"""CIE 1931 x, y of red, green, blue and white, as ITU-T H.273 table 2 lists them; "unknown" counts as bt709."""

# Lam 1985: the sharpened cone responses in which white points are adapted.
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


def rgb_to_xyz(primaries: str) -> Matrix:
    """3 x 3: linear R, G, B of `primaries` to CIE XYZ, Y of white = 1 (SMPTE RP 177). Raises SettingError."""
    red, green, blue, white = _chromaticities(primaries)
    if primaries == "smpte428":
        return np.eye(3)  # its components are X, Y, Z themselves
    columns = np.array([_xyz(point) for point in (red, green, blue)]).T
    return columns * np.linalg.solve(columns, np.array(_xyz(white)))


@lru_cache(maxsize=64)
def rgb_to_rgb(source: str, target: str) -> Matrix:
    """3 x 3: linear light in primaries `source` to `target`; white stays white (Bradford). Raises SettingError.

    The answer is shared and read-only; for equal primaries it is the exact identity.
    """
    if _chromaticities(source) == _chromaticities(target):
        matrix = np.eye(3)
    else:
        there = np.linalg.inv(rgb_to_xyz(target))
        matrix = there @ adaptation(source, target) @ rgb_to_xyz(source)
    matrix.setflags(write=False)
    return matrix


def adaptation(source: str, target: str) -> Matrix:
    """3 x 3 on XYZ: the white of primaries `source` to that of `target` (Bradford). Raises SettingError."""
    white, wanted = (np.array(_xyz(_chromaticities(name)[3])) for name in (source, target))
    if np.array_equal(white, wanted):
        return np.eye(3)
    gains = np.diag((_BRADFORD @ wanted) / (_BRADFORD @ white))
    return np.asarray(np.linalg.inv(_BRADFORD) @ gains @ _BRADFORD)


def white_xyz(primaries: str) -> NDArray[np.float64]:
    """X, Y, Z of the white of `primaries`, Y = 1. Raises SettingError."""
    return np.array(_xyz(_chromaticities(primaries)[3]))


def _chromaticities(primaries: str) -> tuple[tuple[float, float], ...]:
    found = PRIMARIES.get(primaries)
    if found is None:
        raise SettingError(f"The primaries {primaries!r} are not known.", f"Known: {', '.join(PRIMARIES)}.")
    return found


def _xyz(point: tuple[float, float]) -> tuple[float, float, float]:
    x, y = point
    return x / y, 1.0, (1 - x - y) / y
