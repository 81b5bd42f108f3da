"""The perceptual quantiser of SMPTE ST 2084 (ITU-R BT.2100 PQ), accurate in float32."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.float32]

_M1, _M2 = 2610 / 16384, 2523 / 4096 * 128
_C1, _C2, _C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
# ST 2084 ends at code 1. Beyond it light goes on along the tangent there, so that finite codes stay finite.
_SLOPE = (1 / _M2) * (1 / (1 - _C1) + _C3 / (_C2 - _C3)) / _M1


def from_pq(coded: Rgb) -> Rgb:
    """Light of PQ codes: 1.0 in and out is 10000 cd/m2. Mirrored below 0; NaN and infinities pass."""
    size = np.abs(coded)
    beyond = size > 1
    # q = 1 - size ^ (1 / m2), without the cancellation that c1 and c2 - c3 would meet.
    out = np.minimum(size, np.float32(1))
    with np.errstate(divide="ignore"):
        np.log(out, out=out)
    out *= np.float32(1 / _M2)
    np.expm1(out, out=out)
    below = np.float32(1 - _C1) - out * np.float32(_C3)
    out += np.float32(1 - _C1)
    np.maximum(out, np.float32(0), out=out)
    out /= below
    np.power(out, np.float32(1 / _M1), out=out)
    if beyond.any():
        out[beyond] += (size[beyond] - np.float32(1)) * np.float32(_SLOPE)
    return np.copysign(out, coded, out=out)


def to_pq(light: Rgb) -> Rgb:
    """What `from_pq` made, coded again."""
    size = np.abs(light)
    beyond = size > 1
    out = np.minimum(size, np.float32(1))
    with np.errstate(divide="ignore"):
        np.log(out, out=out)
    out *= np.float32(_M1)
    np.expm1(out, out=out)  # y - 1, where y is light to the power of m1
    below = out * np.float32(_C3) + np.float32(1 + _C3)
    out *= np.float32(1 - _C1)
    out /= below
    np.log1p(out, out=out)
    out *= np.float32(_M2)
    np.exp(out, out=out)
    if beyond.any():
        out[beyond] += (size[beyond] - np.float32(1)) * np.float32(1 / _SLOPE)
    return np.copysign(out, light, out=out)
