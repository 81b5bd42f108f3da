"""What a picture's code values mean, said in other primaries and another transfer: through light, in float."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.colour.compress import Compression
from engines.colour.hlg import hlg_ootf, hlg_ootf_inverse
from engines.colour.places import Places, Rgb
from engines.colour.spaces import rgb_to_rgb
from engines.colour.transfer import from_light, same_curve, to_light

PQ, HLG = "smpte2084", "arib-std-b67"
_ABSOLUTE = 10000.0
_UNBOUNDED = frozenset({PQ, HLG, "linear", "cineon"})
"""Transfers that hold more light than the white of SDR."""


@dataclass(frozen=True)
class Conversion:
    """From (primaries, transfer) to (primaries, transfer), FFmpeg's names and "cineon".

    Light is relative to reference white: 1 in SDR, in film log and in linear light, `white` cd/m2 in PQ and HLG, which
    is light on a display of `peak` cd/m2. Nothing is tone mapped: light that the target cannot hold is lost, as are
    colours outside its primaries, unless `compress` draws them in.
    """

    source: tuple[str, str]
    target: tuple[str, str]
    white: float = 203.0
    peak: float = 1000.0
    compress: bool = False

    @property
    def neutral(self) -> bool:
        """Whether every value stays what it is."""
        return self._same_primaries and same_curve(self.source[1], self.target[1])

    def map(self, rgb: Rgb, places: Places) -> Rgb:  # noqa: ARG002 - the same everywhere
        """3 x H x W nominal R'G'B' of the source, as the target's. Finite values give finite values."""
        if self.neutral:
            return rgb
        light = self._light(rgb)
        if not self._same_primaries:
            light = _times(self._matrix, light)
            light = (
                Compression.between(*self._primaries)(light)
                if self.compress
                else np.maximum(light, np.float32(0), out=light)
            )
        return self._coded(light)

    @property
    def _primaries(self) -> tuple[str, str]:
        return self.source[0], self.target[0]

    @property
    def _matrix(self) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        return rgb_to_rgb(*self._primaries)

    @property
    def _same_primaries(self) -> bool:
        return bool(np.array_equal(self._matrix, np.eye(3)))

    def _light(self, coded: Rgb) -> Rgb:
        transfer = self.source[1]
        light = to_light(coded, transfer)
        if transfer == HLG:
            light = hlg_ootf(light, self.peak)
        if transfer in (PQ, HLG):
            light *= np.float32(_ABSOLUTE / self.white)
        return light

    def _coded(self, light: Rgb) -> Rgb:
        was, transfer = self.source[1], self.target[1]
        if transfer in (PQ, HLG):
            light *= np.float32(self.white / _ABSOLUTE)
        elif was in _UNBOUNDED and transfer not in _UNBOUNDED:
            np.clip(light, 0, 1, out=light)
        if transfer == HLG:
            light = hlg_ootf_inverse(light, self.peak)
        return from_light(light, transfer)


def _times(matrix: np.ndarray[tuple[int, int], np.dtype[np.float64]], light: Rgb) -> Rgb:
    """In one fixed order, without fused operations: a region's values equal the whole's to the last bit."""
    out, part = np.empty_like(light), np.empty_like(light[0])
    for row, into in zip(matrix.astype(np.float32), out, strict=True):
        np.multiply(light[0], row[0], out=into)
        into += np.multiply(light[1], row[1], out=part)
        into += np.multiply(light[2], row[2], out=part)
    return out
