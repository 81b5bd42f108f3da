"""Absorption curves of image dyes: sums of asymmetric Gaussians in the manner of published spectral dye densities.

No curve is a copy of a data sheet. Peaks, widths and unwanted absorptions are rounded from what the sources show for
stocks of each family: E. Giorgianni and T. Madden, Digital Color Management (2nd ed. 2008), chapters on photographic
media; R. W. G. Hunt, The Reproduction of Colour (6th ed. 2004), dyes of subtractive processes; spectral dye density
curves in Kodak's data sheets (Eastman/Vision colour print films, Ektachrome, Kodachrome). Training varies every number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WAVELENGTHS = np.arange(400.0, 701.0, 10.0)
"""In nm: where every spectrum of the simulator is sampled."""


@dataclass(frozen=True)
class Band:
    """One absorption: peak (nm), height, and its standard deviations towards blue and towards red (nm)."""

    peak: float
    height: float
    blue: float
    red: float


Dye = tuple[Band, ...]


@dataclass(frozen=True)
class DyeSet:
    """The cyan, the magenta and the yellow dye of a family of stocks."""

    cyan: Dye
    magenta: Dye
    yellow: Dye

    @property
    def dyes(self) -> tuple[Dye, Dye, Dye]:
        return self.cyan, self.magenta, self.yellow


DYE_SETS: Mapping[str, DyeSet] = {
    # Chromogenic print film before the low-fade stocks of 1982 (Eastman 5381 to 5383 and their like).
    "eastman_print": DyeSet(
        (Band(665, 1.00, 52, 50), Band(385, 0.20, 30, 42), Band(560, 0.11, 40, 40)),
        (Band(545, 1.00, 34, 26), Band(512, 0.22, 22, 20), Band(430, 0.14, 26, 28), Band(620, 0.05, 30, 40)),
        (Band(442, 1.00, 32, 34), Band(508, 0.10, 25, 28)),
    ),
    # Reversal film with couplers in the emulsion.
    "ektachrome": DyeSet(
        (Band(655, 1.00, 50, 48), Band(385, 0.16, 30, 40), Band(555, 0.09, 40, 40)),
        (Band(548, 1.00, 36, 25), Band(510, 0.20, 22, 22), Band(435, 0.12, 25, 28), Band(615, 0.04, 28, 36)),
        (Band(447, 1.00, 33, 33), Band(507, 0.08, 25, 25)),
    ),
    # Reversal film with couplers in the developer: other, narrower dyes.
    "kodachrome": DyeSet(
        (Band(648, 1.00, 44, 46), Band(400, 0.12, 35, 40), Band(545, 0.12, 38, 38)),
        (Band(540, 1.00, 37, 30), Band(442, 0.20, 28, 30), Band(622, 0.07, 30, 40)),
        (Band(438, 1.00, 30, 35), Band(503, 0.10, 25, 30)),
    ),
    # Couplers made fast by long chains: broad dyes with much unwanted absorption.
    "agfacolor": DyeSet(
        (Band(680, 1.00, 62, 52), Band(395, 0.20, 35, 45), Band(572, 0.15, 40, 40)),
        (Band(536, 1.00, 38, 32), Band(430, 0.20, 30, 30), Band(625, 0.08, 35, 40)),
        (Band(452, 1.00, 34, 37), Band(515, 0.12, 25, 35)),
    ),
    "fujicolor": DyeSet(
        (Band(660, 1.00, 54, 46), Band(380, 0.18, 30, 40), Band(565, 0.10, 38, 40)),
        (Band(543, 1.00, 32, 28), Band(508, 0.16, 20, 20), Band(428, 0.16, 26, 30), Band(618, 0.05, 30, 38)),
        (Band(444, 1.00, 31, 36), Band(512, 0.09, 25, 30)),
    ),
    "anscochrome": DyeSet(
        (Band(672, 1.00, 58, 48), Band(390, 0.24, 32, 45), Band(550, 0.14, 42, 40)),
        (Band(533, 1.00, 35, 34), Band(500, 0.14, 22, 20), Band(436, 0.24, 28, 30), Band(630, 0.06, 32, 40)),
        (Band(449, 1.00, 36, 34), Band(518, 0.14, 26, 32)),
    ),
}
"""By family of stocks, oldest processes among them."""

HELD_OUT_DYES = "anscochrome"
"""The family that no training sees: the benchmark judges with it, too."""


def absorption(dye: Dye, shift: float = 0.0, widen: float = 1.0, unwanted: float = 1.0) -> NDArray[np.float64]:
    """Density per unit of dye at `WAVELENGTHS`; the main peak is 1.

    shift: nm that the whole curve moves to the red; widen: factor on all widths; unwanted: factor on the secondary
    absorptions. What a fading dye's spectrum does, and what differs between emulsions of one family.
    """
    total = np.zeros_like(WAVELENGTHS)
    for index, band in enumerate(dye):
        away = WAVELENGTHS - band.peak - shift
        width = np.where(away < 0.0, band.blue, band.red) * widen
        total += band.height * (unwanted if index else 1.0) * np.exp(-0.5 * np.square(away / width))
    return np.asarray(total)
