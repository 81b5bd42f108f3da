"""Method A of Report ITU-R BT.2446-1 (section 4): tones by luma, colour differences scaled along, exactly undone.

Section 4.1 maps HDR to SDR. R', G', B' are BT.2020 light over the peak to the power of 1 / 2.4, Y' their luma:

    rho_HDR = 1 + 32 (L_HDR / 10000)^(1/2.4), rho_SDR likewise of L_SDR                               (table 1)
    Y'p = log(1 + (rho_HDR - 1) Y') / log(rho_HDR)                                                    (step 1)
    Y'c = 1.0770 Y'p                                  up to 0.7399                                    (step 2)
        = -1.1510 Y'p^2 + 2.7811 Y'p - 0.6302         up to 0.9909
        = 0.5000 Y'p + 0.5000                         beyond
    Y'SDR = (rho_SDR^Y'c - 1) / (rho_SDR - 1)                                                         (step 3)
    f = Y'SDR / (1.1 Y'); C'b = f (B' - Y') / 1.8814; C'r = f (R' - Y') / 1.4746                      (table 3)
    Y'TMO = Y'SDR - max(0.1 C'r, 0)

Section 4.2 gives a polynomial for the other direction (table 4), which fits 100 to 1000 cd/m2 only and is not the
inverse of section 4.1. What is done here instead is that inverse itself, for any pair of luminances; for 100 to 1000
cd/m2 it follows table 4 (`table_4`). The pieces of step 2 leave a step of 0.0005 where they meet, over which both
directions run straight. Above white the last piece goes on. Nothing is cut at the peak: very bright and saturated
colours may exceed it a little, and are found again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.hdr.table import Table, Values

WEIGHTS = (0.2627, 0.6780, 0.0593)
"""Of R', G', B' in the luma of BT.2020."""

_RED, _COLOUR, _SHIFT = 1.4746, 1.1, 0.1
_MOST = 1.25
_KNOTS = 8192
_FIRST, _SECOND = 0.7399, 0.9909


@dataclass(frozen=True)
class MethodA:
    """Both directions for one pair of luminances. up: Y' over Y'SDR by Y'SDR; down: Y'SDR over Y' by Y'."""

    up: Table
    down: Table

    @classmethod
    def between(cls, white: float, peak: float) -> MethodA:
        """SDR shown at `white` cd/m2, HDR at `peak` cd/m2."""
        high, low = np.linspace(0, _MOST, _KNOTS)[1:], np.empty(0)
        low = tone_mapped(high, white, peak)
        end = float(low[-1])

        def up(luma: NDArray[np.float64]) -> NDArray[np.float64]:
            luma = np.maximum(luma, low[0])
            return np.interp(luma, low, high) / luma

        def down(luma: NDArray[np.float64]) -> NDArray[np.float64]:
            luma = np.maximum(luma, high[0])
            return np.interp(luma, high, low) / luma

        return cls(Table.of(up, 0.0, end), Table.of(down, 0.0, _MOST))

    def expanded(self, sdr: Values) -> Values:
        """3 x H x W BT.2020 R'G'B' of SDR, white 1 -> of HDR, peak 1; both light to the power of 1 / 2.4."""
        luma = _luma(sdr)
        tones = _shifted(luma, sdr[0], luma, _SHIFT / _RED)
        ratio = self.up(tones)
        tones *= ratio
        ratio *= np.float32(_COLOUR)
        return _around(tones, sdr, luma, ratio)

    def compressed(self, hdr: Values) -> Values:
        """What `expanded` made, as SDR again."""
        luma = _luma(hdr)
        ratio = self.down(luma)
        tones = luma * ratio
        ratio *= np.float32(1 / _COLOUR)
        # The red colour difference is scaled before it darkens luma.
        red = hdr[0] - luma
        red *= ratio
        red *= np.float32(_SHIFT / _RED)
        np.maximum(red, np.float32(0), out=red)
        tones -= red
        return _around(tones, hdr, luma, ratio)


def tone_mapped(luma: NDArray[np.float64], white: float, peak: float) -> NDArray[np.float64]:
    """Section 4.1, steps 1 to 3: Y'SDR of Y' (0..1 and beyond)."""
    dark, bright = (1 + 32 * (level / 10000) ** (1 / 2.4) for level in (white, peak))
    even = np.log1p((bright - 1) * luma) / np.log(bright)
    knee = np.where(
        even <= _FIRST,
        1.0770 * even,
        np.where(even < _SECOND, -1.1510 * even**2 + 2.7811 * even - 0.6302, 0.5 * even + 0.5),
    )
    return np.asarray((dark**knee - 1) / (dark - 1))


def table_4(luma: NDArray[np.float64]) -> NDArray[np.float64]:
    """Section 4.2, table 4: Y' of Y'SDR (0..1) for 100 to 1000 cd/m2, as the Report fits it."""
    code = 255 * luma
    low = 1.8712e-5 * code**2 - 2.7334e-3 * code + 1.3141
    high = 2.8305e-6 * code**2 - 7.4622e-4 * code + 1.2528
    return np.asarray(code ** np.where(code <= 70, low, high) / 1000)


def _luma(rgb: Values) -> Values:
    out = np.asarray(rgb[0] * np.float32(WEIGHTS[0]))
    out += rgb[1] * np.float32(WEIGHTS[1])
    out += rgb[2] * np.float32(WEIGHTS[2])
    return out


def _shifted(tones: Values, red: Values, luma: Values, share: float) -> Values:
    """Luma without the darkening that red colour differences brought."""
    out = red - luma
    out *= np.float32(share)
    np.maximum(out, np.float32(0), out=out)
    out += tones
    return out


def _around(tones: Values, rgb: Values, luma: Values, ratio: Values) -> Values:
    """New luma, and colour differences times `ratio`."""
    out = rgb - luma
    out *= ratio
    out += tones
    return out
