"""Dye fade in density space: every dye loses strength, the base stains, the dyes talk across."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# What the darkest print lets through.
_CLEAREST, _DARKEST = 1.0, 10.0**-2.6


@dataclass(frozen=True)
class DyeFade:
    """Loss per dye (0 = fresh, 1 = gone) and what came instead. Dyes in the order cyan, magenta, yellow."""

    loss: tuple[float, float, float] = (0.42, 0.10, 0.30)
    stain: tuple[float, float, float] = (0.01, 0.03, 0.08)
    """Density that the base gained, for red, green and blue light."""
    crosstalk: float = 0.12
    """Share of each dye's density that also stands in the two neighbouring bands."""
    bow: float = 0.15
    """How much less, per unit of density, the loss is where dye is dense (loss x exp(-bow x density))."""


def faded(picture: NDArray[np.float32], fade: DyeFade, gamma: float) -> NDArray[np.float32]:
    """H x W x 3 float32 (0..1, light = value ** gamma) after the fade."""
    light = np.clip(picture, 0.0, 1.0) ** np.float32(gamma)
    density = -np.log10(np.clip(light, np.float32(_DARKEST), np.float32(_CLEAREST)))
    spread = _spread(fade.crosstalk)
    dyes = np.maximum(density @ np.linalg.inv(spread).T.astype(np.float32), 0.0)
    left = 1.0 - np.array(fade.loss, dtype=np.float32) * np.exp(np.float32(-fade.bow) * dyes)
    after = (dyes * left) @ spread.T.astype(np.float32) + np.array(fade.stain, dtype=np.float32)
    return np.asarray(np.power(np.float32(10.0), after * np.float32(-1.0 / gamma)), dtype=np.float32)


def _spread(crosstalk: float) -> NDArray[np.float64]:
    """Dye amounts to densities for red, green, blue: rows sum to 1, so neutrals stay neutral while fresh."""
    own, other = 1.0 - crosstalk, crosstalk / 2.0
    return np.full((3, 3), other) + np.eye(3) * (own - other)
