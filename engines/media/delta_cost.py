"""How many bits a plane will take in FFV1, roughly: its median predictor, and entropy by how busy it is around."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engines.media.delta_layout import Codes

_BANDS, _BAND_ROWS = 6, 24


def cost(codes: Codes, bits: int) -> float:
    """Bits per sample of a plane of whole numbers of `bits` bits, judged by some bands of its rows."""
    values = codes >> np.uint32(16) if codes.dtype == np.uint32 else codes
    depth = min(bits, 16)
    total, count = 0.0, 0
    for band in _bands(values):
        total += _bits(band.astype(np.int64), depth)
        count += band.size
    return total / max(count, 1)


def _bands(values: Codes) -> list[Codes]:
    height = len(values)
    if height <= _BANDS * _BAND_ROWS:
        return [values]
    starts = np.linspace(0, height - _BAND_ROWS, _BANDS).astype(int)
    return [values[start : start + _BAND_ROWS] for start in starts]


def _bits(v: NDArray[np.int64], depth: int) -> float:
    if v.shape[0] < 2 or v.shape[1] < 2:
        return float(v.size * depth)
    here, left, top, corner = v[1:, 1:], v[1:, :-1], v[:-1, 1:], v[:-1, :-1]
    low, high = np.minimum(left, top), np.maximum(left, top)
    error = here - np.clip(left + top - corner, low, high)
    # FFV1 keeps the error modulo 2^bits, too.
    half = 1 << (depth - 1)
    error = ((error + half) & (2 * half - 1)) - half
    busy = _class(np.abs(left - corner) + np.abs(corner - top))
    size = _class(np.abs(error))
    joint = np.bincount((busy * 32 + size).ravel(), minlength=32 * 32).reshape(32, 32).astype(np.float64)
    rows = joint.sum(axis=1, keepdims=True)
    coded = -(joint * np.log2(np.maximum(joint, 1.0) / np.maximum(rows, 1.0))).sum()
    # Within a class of errors of about the same size all are as likely, and both signs.
    within = (joint.sum(axis=0) * np.arange(32)).sum()
    return float(coded + within)


def _class(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """0 for 0, then the number of binary digits."""
    digits: NDArray[np.int64] = np.ceil(np.log2(values + 1.0)).astype(np.int64)
    return digits
