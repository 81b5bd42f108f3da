"""Transfer curves by FFmpeg's names: coded R'G'B' to light and back, display-referred for video."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from engines.colour.cineon import from_cineon, to_cineon
from engines.colour.hlg import from_hlg, to_hlg
from engines.colour.pq import from_pq, to_pq
from engines.errors import SettingError

Rgb = NDArray[np.float32]
Curve = Callable[[Rgb], Rgb]

_SRGB_KNEE, _SRGB_LIGHT_KNEE = np.float32(0.04045), np.float32(0.0031308)


def to_light(coded: Rgb, transfer: str) -> Rgb:
    """Coded values (any shape, float32, nominal: black 0, white 1) as light. Raises SettingError.

    SDR video and "unknown": what a reference display makes of them, ITU-R BT.1886 with black 0, a power of 2.4;
    "bt470m" and "bt470bg": powers of 2.2 and 2.8; "iec61966-2-1": sRGB; "smpte428": DCI, 2.6; "linear": as it is;
    "log100", "log316": H.273's two- and two-and-a-half-decade logarithms. "smpte2084": SMPTE ST 2084, absolute, 1.0
    out is 10000 cd/m2. "arib-std-b67": ARIB STD-B67, light of the scene 0..1; what a display makes of it is
    `hlg.hlg_ootf`. "cineon": our name for printing density codes (`cineon`); codes / 1023 in, 1.0 out is their white,
    685.

    Negative values keep their sign. Finite values give no NaN (beyond float32's range they become infinite); NaN stays
    NaN, and infinities stay infinite but for the two logarithms, which end at code 16.
    """
    with np.errstate(over="ignore"):
        return _curves(transfer)[0](_float(coded))


def from_light(light: Rgb, transfer: str) -> Rgb:
    """What `to_light` made, coded again. Raises SettingError."""
    with np.errstate(over="ignore"):
        return _curves(transfer)[1](_float(light))


def same_curve(first: str, second: str) -> bool:
    """Whether two transfers make the same light of every code. Raises SettingError."""
    return _curves(first) is _curves(second)


def _curves(transfer: str) -> tuple[Curve, Curve]:
    found = _TRANSFERS.get(transfer)
    if found is None:
        raise SettingError(f"The transfer {transfer!r} is not known.", f"Known: {', '.join(_TRANSFERS)}.")
    return found


def _float(values: Rgb) -> Rgb:
    return np.asarray(values, dtype=np.float32)


def _raised(values: Rgb, exponent: float) -> Rgb:
    out = np.abs(values)
    np.power(out, np.float32(exponent), out=out)
    return _signed(out, values)


def _signed(out: Rgb, like: Rgb) -> Rgb:
    """`out` with the signs of `like`; mostly there is none to give, which is quickly seen. NaN compares false."""
    return out if out.size and like.min() >= 0 else np.copysign(out, like, out=out)


def _power(exponent: float) -> tuple[Curve, Curve]:
    return lambda coded: _raised(coded, exponent), lambda light: _raised(light, 1 / exponent)


def _from_srgb(coded: Rgb) -> Rgb:
    """IEC 61966-2-1."""
    size = np.abs(coded)
    curve: Rgb = (size + np.float32(0.055)) * np.float32(1 / 1.055)
    np.power(curve, np.float32(2.4), out=curve)
    np.multiply(size, np.float32(1 / 12.92), out=curve, where=size <= _SRGB_KNEE)
    return np.copysign(curve, coded, out=curve)


def _to_srgb(light: Rgb) -> Rgb:
    size = np.abs(light)
    curve: Rgb = np.power(size, np.float32(1 / 2.4))
    curve *= np.float32(1.055)
    curve -= np.float32(0.055)
    np.multiply(size, np.float32(12.92), out=curve, where=size <= _SRGB_LIGHT_KNEE)
    return np.copysign(curve, light, out=curve)


def _from_dci(coded: Rgb) -> Rgb:
    """SMPTE ST 428-1: 48 cd/m2 is coded so that 52.37 cd/m2 is 1; 1.0 out is 48 cd/m2."""
    out = _raised(coded, 2.6)
    out *= np.float32(52.37 / 48)
    return out


def _to_dci(light: Rgb) -> Rgb:
    return _raised(light * np.float32(48 / 52.37), 1 / 2.6)


def _log(decades: float) -> tuple[Curve, Curve]:
    """H.273, transfer characteristics 9 and 10: light of 10^-decades to 1 over 0 to 1, and none at 0."""
    floor = 10.0**-decades

    def decoded(coded: Rgb) -> Rgb:
        size = np.abs(coded)
        out: Rgb = np.power(np.float32(10.0), (np.minimum(size, _MOST) - np.float32(1)) * np.float32(decades))
        out[size == 0] = 0
        return np.copysign(out, coded, out=out)

    def encoded(light: Rgb) -> Rgb:
        size = np.abs(light)
        out: Rgb = np.log10(np.maximum(size, np.float32(floor)))
        out *= np.float32(1 / decades)
        out += np.float32(1)
        return np.copysign(out, light, out=out)

    return decoded, encoded


_MOST = np.float32(16.0)
"""A logarithm's code beyond which light is taken to grow no more: far above white, far from what overflows."""


def _same(values: Rgb) -> Rgb:
    return values.copy()


_VIDEO = _power(2.4)
_TRANSFERS: MappingProxyType[str, tuple[Curve, Curve]] = MappingProxyType(
    {
        "unknown": _VIDEO,
        "bt709": _VIDEO,
        "smpte170m": _VIDEO,
        "smpte240m": _VIDEO,
        "bt2020-10": _VIDEO,
        "bt2020-12": _VIDEO,
        "iec61966-2-4": _VIDEO,
        "bt1361e": _VIDEO,
        "bt470m": _power(2.2),
        "bt470bg": _power(2.8),
        "iec61966-2-1": (_from_srgb, _to_srgb),
        "linear": (_same, _same),
        "log100": _log(2.0),
        "log316": _log(2.5),
        "smpte428": (_from_dci, _to_dci),
        "smpte2084": (from_pq, to_pq),
        "arib-std-b67": (from_hlg, to_hlg),
        "cineon": (from_cineon, to_cineon),
    }
)
TRANSFERS = tuple(_TRANSFERS)
"""Every name that `to_light` and `from_light` know."""
