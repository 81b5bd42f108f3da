"""Hybrid Log-Gamma (ARIB STD-B67, ITU-R BT.2100 HLG): its curve, and what a display makes of the scene's light."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.float32]

_A = 0.17883277
_B = 1 - 4 * _A
_C = 0.5 - _A * math.log(4 * _A)
# Narrow-range codes end at 1.09. Beyond, light goes on along the tangent, so that finite codes stay finite.
_KNEE = 1.125
_KNEE_LIGHT = (math.exp((_KNEE - _C) / _A) + _B) / 12
_SLOPE = math.exp((_KNEE - _C) / _A) / (12 * _A)
_BT2020 = (0.2627, 0.6780, 0.0593)
_PEAK = 10000.0
_FAINTEST = 1e-30


def from_hlg(coded: Rgb) -> Rgb:
    """Light of the scene, 0..1, of HLG codes (inverse OETF). Mirrored below 0; NaN and infinities pass."""
    size = np.abs(coded)
    beyond = size > np.float32(_KNEE)
    out = np.minimum(size, np.float32(_KNEE))
    out -= np.float32(_C)
    out *= np.float32(1 / _A)
    np.exp(out, out=out)
    out += np.float32(_B)
    out *= np.float32(1 / 12)
    square = np.square(size)
    square *= np.float32(1 / 3)
    np.copyto(out, square, where=size <= np.float32(0.5))
    if beyond.any():
        out[beyond] += (size[beyond] - np.float32(_KNEE)) * np.float32(_SLOPE)
    return np.copysign(out, coded, out=out)


def to_hlg(light: Rgb) -> Rgb:
    """What `from_hlg` made, coded again (OETF)."""
    size = np.abs(light)
    beyond = size > np.float32(_KNEE_LIGHT)
    out = np.minimum(size, np.float32(_KNEE_LIGHT))
    out *= np.float32(12)
    out -= np.float32(_B)
    np.maximum(out, np.float32(_B), out=out)
    np.log(out, out=out)
    out *= np.float32(_A)
    out += np.float32(_C)
    root = size * np.float32(3)
    np.sqrt(root, out=root)
    np.copyto(out, root, where=size <= np.float32(1 / 12))
    if beyond.any():
        out[beyond] += (size[beyond] - np.float32(_KNEE_LIGHT)) * np.float32(1 / _SLOPE)
    return np.copysign(out, light, out=out)


def system_gamma(peak: float) -> float:
    """Of a display whose white is `peak` cd/m2: ITU-R BT.2100 table 5 note 5f from 400 to 2000, BT.2390 6.2 beyond."""
    if 400 <= peak <= 2000:
        return 1.2 + 0.42 * math.log10(peak / 1000)
    return float(1.2 * 1.111 ** math.log2(peak / 1000))


def hlg_ootf(light: Rgb, peak: float) -> Rgb:
    """3 x H x W light of the scene (BT.2020, 0..1) as light of a display of `peak` cd/m2; 1.0 out is 10000 cd/m2."""
    gain = np.maximum(_luminance(light), np.float32(0))
    np.power(gain, np.float32(system_gamma(peak) - 1), out=gain)
    gain *= np.float32(peak / _PEAK)
    return light * gain


def hlg_ootf_inverse(light: Rgb, peak: float) -> Rgb:
    """What `hlg_ootf` made, as light of the scene again. Where luminance is not positive, all is black."""
    gamma = system_gamma(peak)
    shown = light * np.float32(_PEAK / peak)
    gain = _luminance(shown)
    dark = gain <= 0
    np.maximum(gain, np.float32(_FAINTEST), out=gain)
    np.power(gain, np.float32(1 / gamma - 1), out=gain)
    gain[dark] = 0
    shown *= gain
    return shown


def _luminance(light: Rgb) -> Rgb:
    red, green, blue = (np.float32(weight) for weight in _BT2020)
    out: Rgb = light[0] * red
    out += light[1] * green
    out += light[2] * blue
    return out
