"""Whole conversions of R'G'B', SDR to HDR and back, for `engines.colour.mapped`."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engines.colour.hlg import hlg_ootf, hlg_ootf_inverse
from engines.colour.mapped import times
from engines.colour.spaces import rgb_to_rgb
from engines.colour.transfer import from_light, to_light
from engines.hdr.mapping import PQ, Mapping
from engines.hdr.method_a import MethodA
from engines.hdr.method_c import MethodC
from engines.hdr.table import Table, Values, signed_power, signed_root

Convert = Callable[[Values], Values]

_TOP = 10000.0
_GAMMA = 2.4
_DARKEST, _BRIGHTEST = -0.3, 1.3
"""Nominal codes that tables reach: integer formats end nearer to black and white."""
_HLG_PEAK = 1000.0


@lru_cache(maxsize=8)
def to_hdr(mapping: Mapping, primaries: str, transfer: str, target: str) -> Convert:
    """SDR R'G'B' (nominal, 3 x H x W) of these `primaries` and this `transfer` as BT.2020 R'G'B' of transfer `target`.

    primaries, transfer: FFmpeg's names. Raises SettingError where they are not known.
    """
    light_of = _table(lambda codes: _curve(to_light, codes, transfer))
    wider = rgb_to_rgb(primaries, "bt2020")
    tones, encode = _up(mapping, target), _encoder(mapping, target)

    def convert(rgb: Values) -> Values:
        return encode(tones(times(wider, list(light_of(rgb)))))

    return convert


@lru_cache(maxsize=8)
def to_sdr(mapping: Mapping, source: str, fitted: bool) -> Convert:
    """HDR BT.2020 R'G'B' of transfer `source` as BT.709 R'G'B': the inverse of `to_hdr`, for any HDR picture.

    fitted: colours outside BT.709 lose saturation instead of being left beyond black.
    """
    narrower = rgb_to_rgb("bt2020", "bt709")
    decode, tones = _decoder(mapping, source), _down(mapping, source)
    coded = Table.of(
        lambda root: _curve(from_light, np.copysign(root**2, root), "bt709"),
        -(abs(_DARKEST) ** (_GAMMA / 2)),
        _BRIGHTEST ** (_GAMMA / 2),
    )

    def convert(rgb: Values) -> Values:
        light = times(narrower, list(tones(decode(rgb))))
        if fitted:
            _fit(light)
        return coded(signed_root(light))

    return convert


def _up(mapping: Mapping, target: str) -> Convert:
    """Light of SDR, BT.2020, to what `_encoder` takes: A: light over the peak ^ (1/2.4); C: light over 10000 cd/m2."""
    if mapping.method == "C":
        return MethodC.for_display(_anchor(mapping, target), mapping.white).expanded
    method = MethodA.between(mapping.white, mapping.peak)
    even = Table.of(
        lambda root: signed_power(root, 2 / _GAMMA),
        -(abs(_DARKEST) ** (_GAMMA / 2)),
        _BRIGHTEST ** (_GAMMA / 2),
    )
    return lambda light: method.expanded(even(signed_root(light)))


def _down(mapping: Mapping, source: str) -> Convert:
    """What `_decoder` gave to light of SDR, BT.2020."""
    if mapping.method == "C":
        return MethodC.for_display(_anchor(mapping, source), mapping.white).compressed
    method = MethodA.between(mapping.white, mapping.peak)
    light = _table(lambda codes: signed_power(codes, _GAMMA))
    return lambda rgb: light(method.compressed(rgb))


def _encoder(mapping: Mapping, target: str) -> Convert:
    gain = mapping.peak / _TOP
    if mapping.method == "A":
        if target == PQ:
            return _table(lambda codes: _curve(from_light, signed_power(codes, _GAMMA) * gain, PQ))
        shown = _table(lambda codes: signed_power(codes, _GAMMA) * gain)
        return lambda rgb: from_light(hlg_ootf_inverse(shown(rgb), mapping.peak), target)
    if target == PQ:
        coded = Table.of(lambda root: _curve(from_light, signed_power(root, 4.0), PQ), _DARKEST, _BRIGHTEST)
        return lambda light: coded(signed_root(signed_root(light)))
    return lambda light: from_light(hlg_ootf_inverse(light, mapping.peak), target)


def _decoder(mapping: Mapping, source: str) -> Convert:
    gain = _TOP / mapping.peak
    if source != PQ:
        scene = _table(lambda codes: _curve(to_light, codes, source))
        if mapping.method == "C":
            return lambda rgb: hlg_ootf(scene(rgb), mapping.peak)
        even = Table.of(
            lambda root: signed_power(root, 4 / _GAMMA) * gain ** (1 / _GAMMA), _DARKEST, _BRIGHTEST / gain**0.25
        )
        return lambda rgb: even(signed_root(signed_root(hlg_ootf(scene(rgb), mapping.peak))))
    if mapping.method == "C":
        return _table(lambda codes: _curve(to_light, codes, PQ))
    return _table(lambda codes: signed_power(_curve(to_light, codes, PQ) * gain, 1 / _GAMMA))


def _anchor(mapping: Mapping, transfer: str) -> float:
    """The display that method C is laid out for: PQ luminances are absolute, HLG's grow with the display."""
    return _HLG_PEAK if transfer == PQ else mapping.peak


def _table(function: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Table:
    return Table.of(function, _DARKEST, _BRIGHTEST)


def _curve(curve: Callable[[Values, str], Values], values: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    return np.asarray(curve(values.astype(np.float32), name), dtype=np.float64)


_REC709_LUMA = (0.2126, 0.7152, 0.0722)


def _fit(light: Values) -> None:
    """Moves colours with a component below black towards grey of their luminance until none is, in place."""
    red, green, blue = (np.float32(weight) for weight in _REC709_LUMA)
    luminance = light[0] * red
    luminance += light[1] * green
    luminance += light[2] * blue
    least = np.minimum(np.minimum(light[0], light[1]), light[2])
    outside = (least < 0) & (luminance > 0)
    if not outside.any():
        return
    grey = luminance[outside]
    share = grey / (grey - least[outside])
    for plane in light:
        plane[outside] = grey + (plane[outside] - grey) * share
