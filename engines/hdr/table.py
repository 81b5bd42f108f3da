"""Functions of one variable looked up in evenly spaced tables: as exact as any delivery needs, and fast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]

_ENTRIES = 2**16
_SIGN = np.uint32(2**31)


@dataclass(frozen=True)
class Table:
    """`values[0, i]` is the function at `low + i * step`; arguments outside are taken as the nearest end's."""

    values: Values
    low: float
    step: float

    @classmethod
    def of(cls, function: Callable[[NDArray[np.float64]], NDArray[np.float64]], low: float, high: float) -> Table:
        """`function` (of float64) from `low` to `high`, at 65536 places."""
        places = np.linspace(low, high, _ENTRIES)
        return cls(np.asarray(function(places), dtype=np.float32)[None], low, (high - low) / (_ENTRIES - 1))

    def __call__(self, values: Values) -> Values:
        """The function at the entries nearest to `values` (any shape, float32, no NaN)."""
        place = values * np.float32(1 / self.step)
        place += np.float32(0.5 - self.low / self.step)
        np.clip(place, np.float32(0), np.float32(_ENTRIES - 1), out=place)
        rows = place.astype(np.uint16).reshape(-1, values.shape[-1])
        return np.asarray(cv2.LUT(rows, self.values), dtype=np.float32).reshape(values.shape)


def signed_root(values: Values) -> Values:
    """Square root that keeps the sign: tables over it resolve what is dark."""
    out = np.abs(values)
    np.sqrt(out, out=out)
    # Setting the bit of the sign takes an eighth of the time that `copysign` does.
    bits = out.view(np.uint32)
    bits |= np.asarray(values, dtype=np.float32).view(np.uint32) & _SIGN
    return out


def signed_power(values: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    """Power that keeps the sign."""
    return np.asarray(np.copysign(np.abs(values) ** exponent, values))
