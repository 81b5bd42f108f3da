"""Stage `grade`: lift, gamma, gain, contrast, saturation, balance and curves, in float."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, replace

from engines.colour.places import Map
from engines.grade.curve import Curve
from engines.grade.grading import Grading, Three
from engines.luma import luma_weights
from engines.scene_linear import is_linear
from engines.stages.base import StageContext, StageType, Upstream
from engines.stages.mapping import MapStage
from engines.stages.setting_texts import parsed_colour, parsed_curve
from engines.stages.settings import setting
from engines.types import FrameNo

NAME = "grade"

_COARSE_BITS = 10
"""Up to so many bits the nearest entry of a table is as good as the value itself."""


@dataclass(frozen=True)
class GradeSettings:
    """Applied from the top to the bottom, curves before saturation (`engines.grade.grading`)."""

    temperature: float = setting(
        0.0, "Temperature", "Warmer or colder; grey keeps its light.", low=-100, high=100, unit="%"
    )
    tint: float = setting(0.0, "Tint", "Towards magenta, or towards green below 0.", low=-100, high=100, unit="%")
    lift: float = setting(0.0, "Lift", "Moves black and leaves white.", low=-0.5, high=0.5)
    lift_rgb: str = setting("0,0,0", "Lift colour", "Lift by channel, added.", colour=True, low=-0.5, high=0.5)
    gamma: float = setting(1.0, "Gamma", "Bends the middle tones up; black and white stay.", low=0.2, high=5.0)
    gamma_rgb: str = setting("1,1,1", "Gamma colour", "Gamma by channel, times.", colour=True, low=0.2, high=5.0)
    gain: float = setting(1.0, "Gain", "Moves white and leaves black.", low=0.0, high=4.0)
    gain_rgb: str = setting("1,1,1", "Gain colour", "Gain by channel, times.", colour=True, low=0.0, high=4.0)
    offset: float = setting(0.0, "Offset", "Added to everything.", low=-0.5, high=0.5, rare=True)
    offset_rgb: str = setting(
        "0,0,0", "Offset colour", "Offset by channel, added.", colour=True, low=-0.5, high=0.5, rare=True
    )
    contrast: float = setting(1.0, "Contrast", "Spreads tones around the pivot.", low=0.0, high=4.0)
    pivot: float = setting(
        0.49,
        "Pivot",
        "The tone that contrast leaves where it is: 0.49 shows as mid grey.",
        low=0.0,
        high=1.0,
        rare=True,
    )
    saturation: float = setting(1.0, "Saturation", "Strength of colour; luma stays.", low=0.0, high=4.0)
    curve: str = setting("", "Curve", "Of all three channels, through points x,y.", curve=True)
    red: str = setting("", "Red curve", "Of red alone, after the curve of all.", curve=True, rare=True)
    green: str = setting("", "Green curve", "Of green alone, after the curve of all.", curve=True, rare=True)
    blue: str = setting("", "Blue curve", "Of blue alone, after the curve of all.", curve=True, rare=True)


class Grade(MapStage):
    """Deterministic and pointwise. Grey clips have tones only: what is said of colour or of one channel is left out."""

    name = NAME
    version = 1

    def __init__(self, settings: GradeSettings, context: StageContext | None = None) -> None:  # noqa: ARG002
        """Raises SettingError where a colour or a curve cannot be read."""
        self.settings = settings
        self._tones = _tones(settings)
        self._whole = _whole(settings, self._tones)

    def key(self) -> str:
        return f"{NAME} {self.version} {self.settings}"

    def point_map(self, number: FrameNo, upstream: Upstream) -> Map | None:  # noqa: ARG002 - alike in all frames
        """None for neutral settings."""
        geometry = upstream.geometry
        layout, colour = geometry.format, geometry.colour
        grading = self._tones if layout.family == "gray" else self._whole
        if grading.neutral:
            return None
        weights = luma_weights(colour, geometry.width, geometry.height)
        fine = layout.floating or layout.depth > _COARSE_BITS
        return upstream.kept("map", lambda: grading.map(weights, is_linear(layout, colour), fine))


def _tones(settings: GradeSettings) -> Grading:
    """What concerns all channels alike."""
    s = settings
    return Grading(
        lift=(s.lift,) * 3,
        gamma=(s.gamma,) * 3,
        gain=(s.gain,) * 3,
        offset=(s.offset,) * 3,
        contrast=s.contrast,
        pivot=s.pivot,
        curve=Curve(parsed_curve(NAME, s.curve, "curve")),
    )


def _whole(settings: GradeSettings, tones: Grading) -> Grading:
    def three(key: str) -> Three:
        return parsed_colour(NAME, getattr(settings, key), key)

    red, green, blue = (Curve(parsed_curve(NAME, getattr(settings, key), key)) for key in ("red", "green", "blue"))
    return replace(
        tones,
        temperature=settings.temperature / 100.0,
        tint=settings.tint / 100.0,
        lift=_each(tones.lift, three("lift_rgb"), operator.add),
        gamma=_each(tones.gamma, three("gamma_rgb"), operator.mul),
        gain=_each(tones.gain, three("gain_rgb"), operator.mul),
        offset=_each(tones.offset, three("offset_rgb"), operator.add),
        saturation=settings.saturation,
        curves=(red, green, blue),
    )


def _each(first: Three, second: Three, join: Callable[[float, float], float]) -> Three:
    return join(first[0], second[0]), join(first[1], second[1]), join(first[2], second[2])


GRADE = StageType(
    NAME,
    "Lift, gamma, gain, contrast, saturation and curves.",
    GradeSettings,
    Grade,
)
