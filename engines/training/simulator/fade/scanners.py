"""What a scanner's red, green and blue see of a film's spectrum: lamp times sensitivity.

Lamps and the two measured cameras come from colour-science (CIE illuminants, the xenon projector Kinoton 75P, NPL's
camera sensitivities). The densitometer's filters follow the passbands of ISO 5-3 Status A (peaks near 620, 530 and
440 nm), the LED scanner's lines those of common archive scanners (about 660, 530 and 455 nm), both as Gaussians.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from engines.colour.science import science
from engines.training.simulator.fade.dyes import WAVELENGTHS, Band, absorption

SCANNERS = ("status_a", "camera", "led", "telecine")
HELD_OUT_SCANNER = "telecine"
"""The scanner that no training sees."""

_STATUS_A = (Band(622, 1, 18, 26), Band(532, 1, 18, 24), Band(440, 1, 18, 20))
_LEDS = (Band(658, 1, 11, 9), Band(528, 1, 14, 18), Band(455, 1, 10, 12))
_DICHROICS = (Band(630, 1, 24, 40), Band(540, 1, 26, 26), Band(450, 1, 26, 24))


@cache
def sensitivity(scanner: str) -> NDArray[np.float64]:
    """3 x wavelengths, rows sum to 1: the weights of red, green and blue. `scanner`: one of `SCANNERS`."""
    if scanner == "camera":
        colour = science()
        camera = colour.MSDS_CAMERA_SENSITIVITIES["Nikon 5100 (NPL)"]
        seen = np.array([[camera[w][channel] for w in WAVELENGTHS] for channel in range(3)])
        lamp = _sampled(colour.SDS_ILLUMINANTS["ISO 7589 Studio Tungsten"])
    elif scanner == "telecine":
        seen = np.array([absorption((band,)) for band in _DICHROICS])
        lamp = _sampled(science().SDS_LIGHT_SOURCES["Kinoton 75P"])
    else:
        seen = np.array([absorption((band,)) for band in (_LEDS if scanner == "led" else _STATUS_A)])
        lamp = np.ones_like(WAVELENGTHS)
    weights = np.clip(seen * lamp, 0.0, None)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


@cache
def observer() -> NDArray[np.float64]:
    """3 x wavelengths: light through the film, seen by the CIE 1931 observer under a xenon lamp, in BT.709's primaries.

    Scaled per X, Y, Z so that the lamp itself is BT.709's white (1, 1, 1).
    """
    colour = science()
    matching = colour.MSDS_CMFS["CIE 1931 2 Degree Standard Observer"]
    xyz = np.array([[matching[w][k] for w in WAVELENGTHS] for k in range(3)])
    xyz = xyz * _sampled(colour.SDS_LIGHT_SOURCES["Kinoton 75P"])
    space = colour.RGB_COLOURSPACES["ITU-R BT.709"]
    white = np.asarray(space.matrix_RGB_to_XYZ) @ np.ones(3)
    xyz *= (white / xyz.sum(axis=1))[:, None]
    return np.asarray(space.matrix_XYZ_to_RGB @ xyz)


def _sampled(spectrum: object) -> NDArray[np.float64]:
    """A spectrum of colour-science at `WAVELENGTHS`, peak 1."""
    domain, values = np.asarray(spectrum.domain), np.asarray(spectrum.values)  # type: ignore[attr-defined]
    sampled = np.interp(WAVELENGTHS, domain, values)
    return np.asarray(sampled / sampled.max())
