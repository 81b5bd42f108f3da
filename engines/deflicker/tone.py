"""Turning a frame's own tone curve and the true one into gains for every tone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engines.deflicker.pairs import TONES

Numbers = NDArray[np.float64]

STEPS = 4096
"""Entries of a table of gains per unit of nominal luma."""
BRIGHTEST = 1.25
"""Tables reach up to this nominal luma; beyond, the last gain holds."""
_KNOTS = np.log(TONES.astype(np.float64))
_TABLE = np.arange(int(STEPS * BRIGHTEST) + 1) / STEPS
_AXIS = np.log(np.maximum(_TABLE, 1e-4))
_USUAL = np.linspace(_AXIS[0] - 3.0, _AXIS[-1] + 3.0, 1024)
# Keeps the curve invertible where it is flat.
_RISING = np.arange(len(_USUAL)) * 1e-9
# Light multiplied by more than e of this is no flicker.
_MOST = 1.0


def gains(own: Numbers, true: Numbers, strength: float) -> NDArray[np.float32]:
    """Factor on the light for nominal luma 0, 1 / STEPS, ... BRIGHTEST.

    own, true: by how much (log) the frame shows the usual tones of TONES brighter, and by how much it should. What a
    frame's own curve did is undone exactly, then the true one is done.
    """
    shown = np.maximum.accumulate(_USUAL + np.interp(_USUAL, _KNOTS, own)) + _RISING
    wanted = np.maximum.accumulate(_USUAL + np.interp(_USUAL, _KNOTS, true))
    out = np.interp(_AXIS, shown, wanted)
    return np.exp(strength * np.clip(out - _AXIS, -_MOST, _MOST)).astype(np.float32)


def largest_change(table: NDArray[np.float32], blocks: NDArray[np.float32]) -> float:
    """By how much nominal luma (0..1) changes at most, under factors of the table and exp(blocks)."""
    tones = _TABLE[: STEPS + 1]
    held = table[: STEPS + 1].astype(np.float64)
    ends = (float(np.exp(blocks.min())), float(np.exp(blocks.max())))
    return max(float(np.abs(tones * (held * end - 1.0)).max()) for end in ends)
