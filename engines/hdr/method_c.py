"""Method C of Report ITU-R BT.2446-1 (section 6): luminance alone is mapped, chromaticity kept, exactly undone.

Section 6.1.4, in display luminance (cd/m2):

    Y_SDR = k1 Y_HDR                             below Y_ip
          = k2 ln(Y_HDR / Y_ip - k3) + k4        from there on

with the curve and its slope unbroken at Y_ip = (80 % SDR) / k1, skin of 50 % HLG at 70 % SDR, and HDR reference white,
75 % HLG, at 96 % SDR. For a display of 1000 cd/m2, and 100 cd/m2 SDR, that gives the Report's
k1 = 0.83802, k2 = 15.09968, k3 = 0.74204, k4 = 78.99439. Luminance is taken behind the cross-talk of section 6.1.2
(alpha = 0.04), which is taken out again (6.1.6): as all three colours are multiplied by the same ratio, it decides
only how bright saturated colours count. The optional correction of chroma above white (6.1.5) is not used: it could
not be undone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.colour.hlg import system_gamma
from engines.hdr.method_a import WEIGHTS
from engines.hdr.table import Table, Values

REFERENCE_WHITE = 203.0
"""cd/m2 of HDR reference white on a display of 1000 cd/m2 (75 % HLG; Report ITU-R BT.2408)."""

_CROSSTALK = 0.04
_MOST_SDR = 1.5
_BISECTIONS = 80


@dataclass(frozen=True)
class Constants:
    """k1 to k4 and the inflection, cd/m2."""

    k1: float
    k2: float
    k3: float
    k4: float
    inflection: float

    @classmethod
    def for_display(cls, peak: float, white: float = 100.0) -> Constants:
        """HLG as a display of `peak` cd/m2 shows it, SDR on one of `white` cd/m2."""
        gamma = system_gamma(peak)
        skin, reference = peak * _hlg_light(0.5) ** gamma, peak * _hlg_light(0.75) ** gamma
        k1 = white * 0.7**2.4 / skin
        inflection = white * 0.8**2.4 / k1
        rise = (white * 0.96**2.4 - white * 0.8**2.4) / (k1 * inflection)
        reach = reference / inflection - 1
        # k2 = k1 u Y_ip with u = 1 - k3 keeps the slope; u ln(1 + reach / u) = rise puts reference white in place.
        low, high = 0.0, rise * reach / (reach - rise)
        for _ in range(_BISECTIONS):
            middle = (low + high) / 2
            if middle * math.log1p(reach / middle) < rise:
                low = middle
            else:
                high = middle
        k2 = k1 * high * inflection
        return cls(k1, k2, 1 - high, k1 * inflection - k2 * math.log(high), inflection)

    def up(self, luminance: NDArray[np.float64]) -> NDArray[np.float64]:
        """SDR cd/m2 to HDR cd/m2."""
        bright = self.inflection * (np.exp((luminance - self.k4) / self.k2) + self.k3)
        return np.where(luminance < self.k1 * self.inflection, luminance / self.k1, bright)

    def down(self, luminance: NDArray[np.float64]) -> NDArray[np.float64]:
        """HDR cd/m2 to SDR cd/m2."""
        bright = np.maximum(luminance / self.inflection, 1) - self.k3
        return np.where(luminance < self.inflection, luminance * self.k1, self.k2 * np.log(bright) + self.k4)


@dataclass(frozen=True)
class MethodC:
    """Both directions. up: HDR over SDR by the root of SDR luminance; down: by the root of HDR luminance."""

    _up: Table
    _down: Table

    @classmethod
    def for_display(cls, peak: float, white: float) -> MethodC:
        """Anchored as on an HLG display of `peak` cd/m2, all luminances scaled so that 203 cd/m2 are `white`."""
        constants, scale = Constants.for_display(peak), white / REFERENCE_WHITE / 10000

        def up(root: NDArray[np.float64]) -> NDArray[np.float64]:
            sdr = np.maximum(root, 1e-3) ** 2 * 100
            return np.asarray(constants.up(sdr) * scale / (sdr / 100))

        def down(root: NDArray[np.float64]) -> NDArray[np.float64]:
            hdr = np.maximum(root, 1e-3) ** 2
            return np.asarray(constants.down(hdr / scale) / 100 / hdr)

        most = math.sqrt(float(constants.up(np.array(_MOST_SDR * 100))) * scale)
        return cls(Table.of(up, 0.0, math.sqrt(_MOST_SDR)), Table.of(down, 0.0, most))

    def expanded(self, sdr: Values) -> Values:
        """3 x H x W linear BT.2020 light of SDR, white 1 -> of HDR, 1.0 = 10000 cd/m2."""
        return np.asarray(sdr * self._up(_root(sdr)))

    def compressed(self, hdr: Values) -> Values:
        """What `expanded` made, as SDR again."""
        return np.asarray(hdr * self._down(_root(hdr)))


def _root(light: Values) -> Values:
    """Square root of luminance behind the cross-talk; none is negative."""
    # The matrix has 1 - 2 alpha on its diagonal and alpha elsewhere; only its effect on luminance is needed.
    red, green, blue = (np.float32(_CROSSTALK + (1 - 3 * _CROSSTALK) * weight) for weight in WEIGHTS)
    out = light[0] * red
    out += light[1] * green
    out += light[2] * blue
    np.maximum(out, np.float32(0), out=out)
    return np.asarray(np.sqrt(out, out=out))


def _hlg_light(coded: float) -> float:
    """BT.2100 table 5, inverse OETF of a code from 0.5 on."""
    a = 0.17883277
    return (math.exp((coded - (0.5 - a * math.log(4 * a))) / a) + 1 - 4 * a) / 12
