"""Functions of the channels as tables that are fast on whole planes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

_ENTRIES = 2**16
_PER_UNIT = 18000
"""Entries for nominal 0..1, a whole number, so that black and white are met exactly."""
_BELOW = (_ENTRIES - _PER_UNIT) // 2
"""Entries below black: legal Y'CbCr codes reach from -1.13 to 2.15."""

Function = Callable[[Doubles], Doubles]


class Tables:
    """A function for each channel, of nominal values -1.3 to 2.3 and straight on beyond, looked up.

    fine: linear between entries, and no end: for floats and more than 10 bits. Otherwise the nearest entry, in half
    the time: off by at most the function's slope / 36000 (0.006 codes of 8 bits for slope 1, 0.03 of 10 bits).
    """

    def __init__(self, functions: Sequence[Function], fine: bool) -> None:
        at = (np.arange(_ENTRIES + 1) - _BELOW) / _PER_UNIT
        # Mostly some channels are treated alike.
        held = {function: function(at) for function in functions}
        values = {function: np.ascontiguousarray(of[:-1], dtype=np.float32)[None] for function, of in held.items()}
        steps = {function: np.ascontiguousarray(np.diff(of), dtype=np.float32)[None] for function, of in held.items()}
        self._fine = fine
        self._values = [values[function] for function in functions]
        self._steps = [steps[function] for function in functions]

    @property
    def nbytes(self) -> int:
        return sum(table.nbytes for table in (*self._values, *self._steps))

    def apply(self, rgb: Floats) -> None:
        """Writes the functions of a 3 x H x W picture into it."""
        place = rgb * np.float32(_PER_UNIT)
        # Rounding down finds the entry before; half an entry more, the nearest.
        place += np.float32(_BELOW if self._fine else _BELOW + 0.5)
        held = np.clip(place, np.float32(0), np.float32(_ENTRIES - 1), out=None if self._fine else place)
        entries = held.astype(np.uint16)
        if not self._fine:
            for plane, entry, values in zip(rgb, entries, self._values, strict=True):
                cv2.LUT(entry, values, dst=plane)
            return
        place -= entries
        for plane, entry, values, part, steps in zip(rgb, entries, self._values, held, self._steps, strict=True):
            cv2.LUT(entry, steps, dst=part)
            cv2.LUT(entry, values, dst=plane)
        place *= held
        rgb += place
