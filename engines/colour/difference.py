"""How different two colours look: CIE L*a*b* and CIEDE2000, pixel by pixel."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.colour.hlg import hlg_ootf
from engines.colour.spaces import adaptation, rgb_to_xyz, white_xyz
from engines.colour.transfer import to_light

Rgb = NDArray[np.float32]
Lab = NDArray[Any]

HDR_WHITE = 203.0
"""cd/m2 that count as white where light is absolute: ITU-R BT.2408."""
_HLG_PEAK = 1000.0
_STRIP = 2**16


def delta_e(first: Rgb, second: Rgb, primaries: str = "bt709", transfer: str = "unknown") -> NDArray[np.float32]:
    """CIEDE2000 of every pixel of two 3 x H x W nominal R'G'B' pictures (black 0, white 1), as H x W (or their shape).

    White is 1, 1, 1 under D65; of PQ and HLG (on a display of 1000 cd/m2) it is 203 cd/m2. Raises SettingError.
    """
    out = np.empty(first.shape[1:], np.float32)
    flat, pair = out.reshape(-1), [picture.reshape(3, -1) for picture in (first, second)]
    for start in range(0, flat.size, _STRIP):
        part = slice(start, start + _STRIP)
        flat[part] = ciede2000(*(lab(picture[:, part], primaries, transfer) for picture in pair))
    return out


def lab(coded: Rgb, primaries: str = "bt709", transfer: str = "unknown") -> Lab:
    """3 x ... nominal R'G'B' as CIE L*a*b* (L* 0..100) under D65, float32. Raises SettingError."""
    light = to_light(coded, transfer)
    if transfer == "arib-std-b67":
        light = hlg_ootf(light, _HLG_PEAK)
    if transfer in ("smpte2084", "arib-std-b67"):
        light *= np.float32(10000.0 / HDR_WHITE)
    return xyz_to_lab(_mixed(adaptation(primaries, "bt709") @ rgb_to_xyz(primaries), light))


def xyz_to_lab(xyz: NDArray[Any]) -> Lab:
    """3 x ... XYZ (Y of white = 1), D65 white, as L*a*b* (CIE 15:2004); negative light is mirrored as colours allow."""
    white = white_xyz("bt709").astype(xyz.dtype)
    scaled = np.stack([part / value for part, value in zip(xyz, white, strict=True)])
    size = np.cbrt(scaled)
    linear = scaled * xyz.dtype.type(841 / 108) + xyz.dtype.type(4 / 29)
    x, y, z = np.where(scaled > (6 / 29) ** 3, size, linear)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def ciede2000(first: Lab, second: Lab) -> NDArray[Any]:
    """CIEDE2000 of 3 x ... L*a*b* colours (Sharma, Wu, Dalal 2005; kL = kC = kH = 1), in their own float type.

    Hues in radians; the mean hue of two hues that lie opposite follows the paper's equation 14.
    """
    (l1, a1, b1), (l2, a2, b2) = first, second
    chroma = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    stretch = 1 + (1 - np.sqrt(_seventh(chroma))) / 2
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.arctan2(b1, a1) % (2 * np.pi), np.arctan2(b2, a2) % (2 * np.pi)
    both = c1 * c2 != 0
    turn = h2 - h1
    apart = np.abs(turn) > np.pi
    turn = np.where(both, turn - np.where(apart, np.copysign(2 * np.pi, turn), 0), 0)
    total = h1 + h2
    total = total + np.where(both & apart, np.where(total < 2 * np.pi, 2 * np.pi, -2 * np.pi), 0)
    hue = np.where(both, total / 2, total)
    lightness, chroma = ((l1 + l2) / 2 - 50) ** 2, (c1 + c2) / 2
    weight = (
        1
        - 0.17 * np.cos(hue - np.radians(30))
        + 0.24 * np.cos(2 * hue)
        + 0.32 * np.cos(3 * hue + np.radians(6))
        - 0.20 * np.cos(4 * hue - np.radians(63))
    )
    light_part = (l2 - l1) / (1 + 0.015 * lightness / np.sqrt(20 + lightness))
    chroma_part = (c2 - c1) / (1 + 0.045 * chroma)
    hue_part = 2 * np.sqrt(c1 * c2) * np.sin(turn / 2) / (1 + 0.015 * chroma * weight)
    bend = np.radians(30) * np.exp(-(((np.degrees(hue) - 275) / 25) ** 2))
    rotation = -np.sin(2 * bend) * 2 * np.sqrt(_seventh(chroma))
    squared = light_part**2 + chroma_part**2 + hue_part**2 + rotation * chroma_part * hue_part
    return np.asarray(np.sqrt(np.maximum(squared, 0)))


def _seventh(chroma: NDArray[Any]) -> NDArray[Any]:
    """C^7 / (C^7 + 25^7), without overflow."""
    ratio = (25 / np.maximum(chroma, 1e-3)) ** 7
    return np.asarray(1 / (1 + ratio))


def _mixed(matrix: NDArray[np.float64], planes: Rgb) -> Rgb:
    return np.stack([sum(np.float32(gain) * plane for gain, plane in zip(row, planes, strict=True)) for row in matrix])
