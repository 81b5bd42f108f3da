"""The automatic view transform: from a clip's tags to what an SDR display shows.

SDR video is shown as it is coded, as monitors do; only primaries other than those of HD and SD are brought to the
display's. Light (OpenEXR), printing density (Cineon, log DPX) and digital cinema go through their own curves. PQ and
HLG are rolled off by the EETF of Report ITU-R BT.2390 (5.4.1), on the largest of R, G and B, so that hues stay: from
the mastering peak to a display whose white is 203 cd/m2, the HDR reference white of Report ITU-R BT.2408. What the
display's primaries cannot show is desaturated at constant luminance up to their rim.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.colour.hlg import system_gamma
from engines.colour.mapped import Rgb, times
from engines.colour.pq import from_pq, to_pq
from engines.colour.screen import Screen
from engines.colour.spaces import PRIMARIES, rgb_to_rgb, rgb_to_xyz
from engines.colour.transfer import TRANSFERS, from_light, to_light
from engines.scene_linear import is_linear
from engines.types import ColourSpec, PixelFormat

Rgb8 = NDArray[np.uint8]
Values = NDArray[np.float32]

WHITE = 203.0
"""cd/m2 of HDR light that becomes the display's white (BT.2408)."""
HLG_PEAK = 1000.0
"""cd/m2 of the display that HLG is shown for (BT.2100)."""

_PQ, _HLG = "smpte2084", "arib-std-b67"
# Not seen on a monitor as they are coded: they have a curve of their own.
_OWN = ("linear", "cineon", "log100", "log316", "smpte428")
# HD's primaries and SD's, which monitors show alike.
_NEAR_709 = ("unknown", "bt709", "smpte170m", "smpte240m", "bt470bg", "ebu3213")
_PRIMARIES = {"srgb": "bt709", "bt1886": "bt709", "p3": "smpte432"}
_CURVE = {"srgb": "iec61966-2-1", "bt1886": "bt709", "p3": "iec61966-2-1"}
_VIDEO = "bt709"
_LAST = 65535
_LEAST = 1e-7
# Light beyond the rim that clipping changes by less than half an 8-bit code.
_ROUNDING = 1e-4


def transfer_of(layout: PixelFormat, colour: ColourSpec) -> str:
    """The transfer curve that the picture is taken to have."""
    transfer = "linear" if is_linear(layout, colour) else colour.transfer
    return transfer if transfer in TRANSFERS else "unknown"


def is_plain(screen: Screen, layout: PixelFormat, colour: ColourSpec) -> bool:
    """Whether the picture is shown as it is coded, which needs no transform (and linear light by the sRGB curve)."""
    transfer = transfer_of(layout, colour)
    if screen.kind != "automatic" or screen.exposure or screen.gamma != 1.0 or transfer in (_PQ, _HLG):
        return False
    if screen.display == "p3":
        return colour.primaries == "smpte432" and transfer not in _OWN
    if colour.primaries in PRIMARIES and colour.primaries not in _NEAR_709:
        return False
    return transfer not in _OWN or (transfer == "linear" and layout.floating and screen.display == "srgb")


class Automatic:
    """Made for one layout and colour, then applied to any part of any such picture."""

    def __init__(self, screen: Screen, layout: PixelFormat, colour: ColourSpec) -> None:
        transfer = transfer_of(layout, colour)
        target = _PRIMARIES[screen.display]
        source = colour.primaries if colour.primaries in PRIMARIES else "unknown"
        if source in _NEAR_709 and screen.display != "p3":
            source = target
        own, self._hlg, hdr = transfer in _OWN, transfer == _HLG, transfer in (_PQ, _HLG)
        self._gain = np.float32(2.0**screen.exposure)
        self._target = target
        self._matrix = None if source == target else rgb_to_rgb(source, target)
        self._most = np.float32(1.0) if own else None
        self._decode = None if transfer == "linear" else _decoding(transfer if own or hdr else _VIDEO)
        self._scale = _scaling(HLG_PEAK if self._hlg else screen.rolled_from) if hdr else None
        curve = _CURVE[screen.display] if own or hdr else _VIDEO
        shown = np.clip(from_light(_steps() ** np.float32(2.0), curve), 0.0, 1.0)
        self._encode = np.rint(255.0 * shown ** (1.0 / screen.gamma)).astype(np.uint8)

    def apply(self, rgb: Rgb) -> Rgb8:
        """Nominal R'G'B' (3 x H x W, which it may write into) to what the display gets, H x W x 3."""
        light = self._light(rgb)
        if self._scale is not None:
            light *= _looked_up(self._scale, np.sqrt(np.maximum(np.maximum(light[0], light[1]), light[2])))
        if self._matrix is not None:
            light = times(self._matrix, list(light))
        if self._matrix is not None or self._most is None:
            within(light, self._target)
        np.maximum(light, np.float32(0.0), out=light)
        flat = light.reshape(-1, light.shape[-1])
        roots = np.asarray(cv2.sqrt(flat, dst=flat), np.float32).reshape(light.shape)
        return np.asarray(cv2.merge(list(_looked_up(self._encode, roots))), np.uint8)

    def _light(self, rgb: Rgb) -> Rgb:
        """Light of the clip's own primaries; of HDR, 1.0 is 10000 cd/m2."""
        light = rgb if self._decode is None else _looked_up(self._decode, rgb)
        if self._hlg:
            gain = times(_LUMINANCE_2020, list(light))[0]
            np.power(gain, np.float32(system_gamma(HLG_PEAK) - 1.0), out=gain)
            light *= gain * np.float32(HLG_PEAK / 10000.0)
        if self._gain != 1.0:
            light *= self._gain
        return light if self._most is None else np.clip(light, np.float32(0.0), self._most, out=light)


_LUMINANCE_2020 = np.array([[0.2627, 0.6780, 0.0593]])


def rolled_off(light: Values, peak: float) -> Values:
    """The EETF: light of a display of `peak` cd/m2 (1.0 = 10000 cd/m2) as light of one whose white, 1.0, is `WHITE`."""
    if peak <= WHITE:
        return light * np.float32(10000.0 / WHITE)
    ends = to_pq(np.array([WHITE, peak], np.float32) / np.float32(10000.0))
    top = float(ends[0] / ends[1])
    knee = 1.5 * top - 0.5
    level = np.minimum(to_pq(light) / ends[1], np.float32(1.0))
    t = np.maximum(level - knee, 0.0) / (1.0 - knee)
    spline = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * top
    lower = np.where(level < knee, level, spline).astype(np.float32)
    return np.asarray(from_pq(lower * ends[1]) * np.float32(10000.0 / WHITE), np.float32)


def within(light: Rgb, primaries: str) -> Rgb:
    """Light (3 x ...) made what `primaries` can show, 0..1, in place: what they cannot is desaturated up to their rim.

    Luminance stays, kept within 0..1.
    """
    low = np.minimum(np.minimum(light[0], light[1]), light[2])
    high = np.maximum(np.maximum(light[0], light[1]), light[2])
    if low.min() >= -_ROUNDING and high.max() <= 1 + _ROUNDING:
        return light
    luminance = times(rgb_to_xyz(primaries)[1:2], list(light))[0]
    np.clip(luminance, np.float32(_LEAST), np.float32(1.0 - _LEAST), out=luminance)
    # How far from grey it may be: as far as its own lowest component at 0, its highest at 1.
    np.subtract(luminance, np.minimum(low, np.float32(0.0), out=low), out=low)
    np.subtract(np.maximum(high, np.float32(1.0), out=high), luminance, out=high)
    keep = np.minimum(np.divide(luminance, low, out=low), np.divide(1.0 - luminance, high, out=high), out=low)
    light -= luminance
    light *= keep
    light += luminance
    return light


def _decoding(transfer: str) -> Values:
    """Light by code, 0..65535 over the nominal range."""
    return to_light(_steps(), transfer)


def _scaling(peak: float) -> Values:
    """By the root of the largest component: what all three are multiplied by to be rolled off."""
    most = _steps() ** np.float32(2.0)
    scale = rolled_off(most, peak)
    scale[1:] /= most[1:]
    scale[0] = 10000.0 / WHITE
    return scale


def _steps() -> Values:
    return np.arange(_LAST + 1, dtype=np.float32) * np.float32(1.0 / _LAST)


def _looked_up(table: NDArray[Any], values: Values) -> NDArray[Any]:
    """Of `values`, 0..1 and clipped to that."""
    flat = values.reshape(-1, values.shape[-1])
    # Scaled, rounded and saturated in one pass.
    codes = cv2.addWeighted(flat, _LAST, flat, 0.0, 0.0, dtype=cv2.CV_16U)
    return np.asarray(cv2.LUT(codes, table).reshape(values.shape))
