"""False colour: which level of exposure every pixel has, in bands that are named, coloured and drawn over grey.

Levels are of luma, as a waveform shows them: IRE (percent of the nominal range) for SDR, cd/m2 for PQ and HLG, which is
what luma stands for where the picture is grey. Linear light is judged as sRGB would code it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.colour.automatic import transfer_of
from engines.colour.scale import Scale, scale_of
from engines.colour.transfer import from_light
from engines.luma import luma_of
from engines.types import ColourSpec, Frame, PixelFormat

Labels = NDArray[np.uint8]
Rgb8 = NDArray[np.uint8]


@dataclass(frozen=True)
class Band:
    """Levels `low` <= level < `high`, in the scale's unit. name: a key for its words; colour: R, G, B 0..255."""

    name: str
    low: float
    high: float
    colour: tuple[int, int, int]


_INFINITE = float("inf")
# Camera and monitor makers' convention: 18 % grey at 41 IRE, skin a stop above, both ends of the range apart.
_IRE = (
    Band("below", -_INFINITE, -1.0, (150, 60, 200)),
    Band("black", -1.0, 2.5, (40, 90, 220)),
    Band("grey", 38.0, 42.0, (0, 170, 90)),
    Band("skin", 52.0, 56.0, (240, 150, 190)),
    Band("bright", 97.0, 99.0, (245, 225, 60)),
    Band("white", 99.0, 103.0, (220, 50, 30)),
    Band("above", 103.0, _INFINITE, (255, 90, 255)),
)
# Reference levels of Report ITU-R BT.2408: 18 % grey at 26 cd/m2, white at 203.
_NITS = (
    Band("black", -_INFINITE, 0.05, (40, 90, 220)),
    Band("grey", 22.0, 30.0, (0, 170, 90)),
    Band("reference", 180.0, 228.0, (240, 150, 190)),
    Band("highlight", 228.0, 1000.0, (245, 225, 60)),
    Band("bright_highlight", 1000.0, 4000.0, (240, 140, 20)),
    Band("extreme", 4000.0, _INFINITE, (220, 50, 30)),
)
# Table of labels by luma from _FROM to _TO.
_FROM, _TO, _LAST = -0.25, 1.25, 65535
_DIM = 0.85


def bands(scale: Scale) -> tuple[Band, ...]:
    """From the darkest to the brightest; levels between them are shown grey."""
    return _IRE if scale.unit == "IRE" else _NITS


def exposure(frame: Frame) -> Labels:
    """H x W: 1 + the place of the pixel's band among `bands`, 0 where it is in none. Its colour says the matrix."""
    luma = luma_of(frame)
    if transfer_of(frame.format, frame.colour) == "linear":
        luma = from_light(np.clip(np.nan_to_num(luma), -0.05, 1.1), "iec61966-2-1")
    index = (np.clip(np.nan_to_num(luma), _FROM, _TO) - np.float32(_FROM)) * np.float32(_LAST / (_TO - _FROM))
    return np.asarray(cv2.LUT(np.rint(index).astype(np.uint16), _table(frame.format, frame.colour)), np.uint8)


def painted(picture: Rgb8, labels: Labels, scale: Scale) -> Rgb8:
    """H x W x 3 display RGB in grey, with its bands in their colours."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    out = cv2.cvtColor(cv2.convertScaleAbs(grey, alpha=_DIM), cv2.COLOR_GRAY2RGB)
    for label, band in enumerate(bands(scale), start=1):
        out[labels == label] = band.colour
    return np.asarray(out, np.uint8)


def _table(layout: PixelFormat, colour: ColourSpec) -> Labels:
    scale = scale_of(layout, colour)
    luma = np.linspace(_FROM, _TO, _LAST + 1)
    table = np.zeros(_LAST + 1, np.uint8)
    for label, band in enumerate(bands(scale), start=1):
        low, high = (scale.coded(level) for level in (band.low, band.high))
        table[(luma >= low) & (luma < high)] = label
    return table
