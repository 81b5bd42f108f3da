"""What the controls of a grade do to nominal R'G'B', and its fast application."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.colour.places import Places, Rgb
from engines.grade.curve import STRAIGHT, Curve
from engines.grade.tables import Tables
from engines.scene_linear import decoded, encoded

Three = tuple[float, float, float]
Doubles = NDArray[np.float64]

_BALANCE_STOPS = 0.25
"""By how many powers of two full temperature or tint moves a channel of the coded signal."""
_LARGEST = 65504.0
"""Largest half float: what is infinite in a file counts as this."""


@dataclass(frozen=True)
class Grading:
    """A grade on coded values (black 0, white 1), channel by channel in this order, then across channels.

    1. Balance: times 2 ** (+-0.25 * temperature) for red and blue, 2 ** (-0.25 * tint) for green; -1..1, grey keeps
       its luma.
    2. Slope, offset, power, as in the ASC CDL 1.2: slope = gain * (1 - lift), offset = gain * lift + offset, power =
       1 / gamma. Lift moves black and leaves white, gain moves white and leaves black. Nothing is clipped: what is
       below black after the offset passes the power straight through (OpenColorIO's CDL without clamp).
    3. Contrast: (v - pivot) * contrast + pivot.
    4. Curves: the master's, then the channel's; straight on beyond their ends.
    5. Saturation: luma + (v - luma) * saturation, luma on the clip's own weights.
    """

    temperature: float = 0.0
    tint: float = 0.0
    lift: Three = (0.0, 0.0, 0.0)
    gamma: Three = (1.0, 1.0, 1.0)
    gain: Three = (1.0, 1.0, 1.0)
    offset: Three = (0.0, 0.0, 0.0)
    contrast: float = 1.0
    pivot: float = 0.49
    saturation: float = 1.0
    curve: Curve = STRAIGHT
    curves: tuple[Curve, Curve, Curve] = (STRAIGHT,) * 3

    @property
    def neutral(self) -> bool:
        """Whether it changes nothing."""
        return self._separable_neutral and self.saturation == 1.0

    def map(self, weights: Three, linear: bool, fine: bool) -> GradeMap:
        """What `mapped` applies. weights: of luma. linear: values are light and graded on the perceptual scale.
        fine: the clip holds more than 10 bits or floats.
        """
        tables, lines = None, None
        if not self._straight:
            tables = Tables([self._function(channel, weights) for channel in range(3)], fine)
        elif not self._separable_neutral:
            lines = np.array([self._line(channel, weights) for channel in range(3)], np.float32)
        return GradeMap(tables, lines, weights, self.saturation, linear, fine)

    @property
    def _straight(self) -> bool:
        return self.gamma == (1.0, 1.0, 1.0) and self.curve.neutral and all(curve.neutral for curve in self.curves)

    @property
    def _separable_neutral(self) -> bool:
        moved = (self.temperature, self.tint, *self.lift, *self.offset)
        return self._straight and not any(moved) and (*self.gain, self.contrast) == (1.0,) * 4

    def _balance(self, weights: Three) -> Three:
        warm, green = _BALANCE_STOPS * self.temperature, _BALANCE_STOPS * self.tint
        gains = (2.0**warm, 2.0**-green, 2.0**-warm)
        luma = sum(w * gain for w, gain in zip(weights, gains, strict=True))
        return (gains[0] / luma, gains[1] / luma, gains[2] / luma)

    def _slope_offset(self, channel: int, weights: Three) -> tuple[float, float]:
        gain, lift = self.gain[channel], self.lift[channel]
        return self._balance(weights)[channel] * gain * (1.0 - lift), gain * lift + self.offset[channel]

    def _line(self, channel: int, weights: Three) -> tuple[float, float]:
        """Slope and offset of a channel, contrast included, where nothing bends it."""
        slope, offset = self._slope_offset(channel, weights)
        return slope * self.contrast, (offset - self.pivot) * self.contrast + self.pivot

    def _function(self, channel: int, weights: Three) -> _Channel:
        slope, offset = self._slope_offset(channel, weights)
        curves = (self.curve, self.curves[channel])
        return _Channel(slope, offset, 1.0 / self.gamma[channel], self.contrast, self.pivot, curves)


@dataclass(frozen=True)
class _Channel:
    """Steps 1 to 4 of one channel."""

    slope: float
    offset: float
    power: float
    contrast: float
    pivot: float
    curves: tuple[Curve, Curve]

    def __call__(self, values: Doubles) -> Doubles:
        moved = values * self.slope + self.offset
        if self.power != 1.0:
            moved = np.where(moved > 0.0, np.maximum(moved, 0.0) ** self.power, moved)
        moved = (moved - self.pivot) * self.contrast + self.pivot
        for curve in self.curves:
            moved = curve(moved)
        return moved


@dataclass(frozen=True, eq=False)
class GradeMap:
    """A grade made ready for a kind of clip; a `Map` for `mapped`.

    tables: of the channels, or lines: slope and offset of the channels (3 x 2), or neither.
    """

    tables: Tables | None
    lines: NDArray[np.float32] | None
    weights: Three
    saturation: float
    linear: bool
    fine: bool

    @property
    def nbytes(self) -> int:
        return 256 + (self.tables.nbytes if self.tables else 0)

    def __call__(self, rgb: Rgb, places: Places) -> Rgb:
        if self.fine:
            rgb = np.nan_to_num(rgb, copy=False, nan=0.0, posinf=_LARGEST, neginf=-_LARGEST)
        if self.linear:
            rgb = encoded(rgb)
        if self.tables is not None:
            self.tables.apply(rgb)
        elif self.lines is not None:
            rgb *= self.lines[:, :1, None]
            rgb += self.lines[:, 1:, None]
        if self.saturation != 1.0 and (self.linear or not places.luma_only):
            _saturate(rgb, self.weights, self.saturation)
        return decoded(rgb) if self.linear else rgb


def _saturate(rgb: Rgb, weights: Three, saturation: float) -> None:
    luma = rgb[0] * np.float32(weights[0] * (1.0 - saturation))
    part = np.empty_like(luma)
    for plane, weight in zip(rgb[1:], weights[1:], strict=True):
        luma += np.multiply(plane, np.float32(weight * (1.0 - saturation)), out=part)
    rgb *= np.float32(saturation)
    rgb += luma
