"""Tone slips of transfers: wrong gamma, confused ranges, lifted blacks, clipping; and quantisation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from torch import Tensor

# Limited range (BT.601, BT.709): black and white in 8-bit codes, as fractions.
_BLACK, _WHITE = 16 / 255, 235 / 255


@dataclass(frozen=True)
class Levels:
    """A tone curve (x ** gamma) * gain + lift, all on 0..1."""

    gamma: float = 1.0
    gain: float = 1.0
    lift: float = 0.0

    @staticmethod
    def drawn(rng: np.random.Generator) -> Levels:
        """One slip at random: gamma, range taken for limited or for full, or a lifted or stretched picture."""
        slip = int(rng.integers(4))
        if slip == 0:
            return Levels(gamma=float(np.exp(rng.uniform(-0.35, 0.35))))
        if slip == 1:
            return Levels(gain=_WHITE - _BLACK, lift=_BLACK)
        if slip == 2:
            return Levels(gain=1 / (_WHITE - _BLACK), lift=-_BLACK / (_WHITE - _BLACK))
        return Levels(gain=float(rng.uniform(0.75, 1.2)), lift=float(rng.uniform(-0.05, 0.12)))

    def applied(self, luma: Tensor) -> Tensor:
        """Any shape, 0..1 in; the answer may leave 0..1: what clips is for the quantiser to clip."""
        tone: Tensor = luma.clamp(0, 1).pow(self.gamma) * self.gain + self.lift
        return tone


def quantised(luma: Tensor, bits: int = 8) -> Tensor:
    """Clipped to 0..1 and rounded to full-range codes of `bits` bits."""
    top = float(2**bits - 1)
    return (luma.clamp(0, 1) * top).round() / top
