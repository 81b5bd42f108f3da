"""Stage `deflicker`: takes flicker out of the light of a shot, whole and by place, and leaves real changes of light."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engines.analysis.curves import Curve
from engines.analysis.flicker import FlickerAnalysis
from engines.analysis.propose_deflicker import propose_deflicker
from engines.analysis.shot_analysis import Arrays, ShotAnalysis
from engines.deflicker.apply import LightField, corrected
from engines.deflicker.correction import Correction, ShotLight, shot_light
from engines.deflicker.plots import light_curves
from engines.provenance import Origin, ProvenanceMap
from engines.stages.base import Geometry, Rendered, Stage, StageContext, StageType, Upstream
from engines.stages.detail_frames import pinned
from engines.stages.setting_texts import at, parsed_keys, parsed_rect
from engines.stages.settings import setting
from engines.types import FrameNo, Rect

NAME = "deflicker"


@dataclass(frozen=True)
class DeflickerSettings:
    """What counts as flicker, and how much of it goes."""

    strength: float = setting(1.0, "Strength", "Share of the flicker that is taken away.", low=0.0, high=1.0)
    window: float | None = setting(
        None, "Window", "Changes of light slower than this are real and stay.", low=0.3, high=30.0, unit="s"
    )
    local: str = setting(
        "auto", "Local", "Flicker that differs from place to place as well.", choices=("auto", "on", "off")
    )
    chroma: bool = setting(True, "Colour", "Colour that breathes from frame to frame as well.")
    region: str = setting("", "Region", "Only what is in it is measured; empty: the whole picture.", draws="rect")
    keys: str = setting("", "Keyframes", "Strength by frame, linear between: 0:1 24:0.5.", keyed=True, rare=True)


class Deflicker(Stage):
    """Deterministic: what each frame's tones are multiplied by comes from measurements over the whole shot."""

    name = NAME
    version = 1

    def __init__(self, settings: DeflickerSettings, context: StageContext | None = None) -> None:  # noqa: ARG002
        """Raises SettingError where keys or region cannot be read."""
        self.settings = settings
        self._keys = parsed_keys(NAME, settings.keys)
        self._analysis = FlickerAnalysis(parsed_rect(NAME, settings.region))

    def output(self, geometry: Geometry) -> Geometry:
        return geometry

    @property
    def measures_shot(self) -> bool:
        return True

    def needs(self, number: FrameNo) -> tuple[ShotAnalysis, ...]:  # noqa: ARG002 - the same everywhere
        return (self._analysis,)

    def key(self) -> str:
        return f"{NAME} {self.version} {self._analysis.version} {self.settings}"

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        """Frames whose light is off by less than a quarter of an 8-bit code are handed through as they are.

        Raises FrameError, Cancelled.
        """
        below = upstream.frame(number, region)
        correction = self._correction(number, upstream)
        if correction is None:
            return below
        bounds = upstream.geometry.bounds
        field = upstream.kept(
            ("field", number), lambda: LightField.over(correction.blocks, bounds.width, bounds.height)
        )
        frame = corrected(pinned(below.frame, upstream.geometry), correction, field.cut(region))
        said = ProvenanceMap.uniform(region.width, region.height, Origin.ADJUSTED)
        return Rendered(replace(frame, colour=below.frame.colour), below.provenance.merge(said))

    def _correction(self, number: FrameNo, upstream: Upstream) -> Correction | None:
        strength = at(self._keys, number, self.settings.strength)
        arrays = upstream.analysed(number, self._analysis) if strength > 0 else None
        if arrays is None:
            return None
        first = upstream.shot(number).first
        light = upstream.kept(("light", first), lambda: _light(self.settings, arrays))
        return light.correction(number - first, strength)


def _light(settings: DeflickerSettings, arrays: Arrays) -> ShotLight:
    return shot_light(arrays, settings.window, settings.local, settings.chroma)


def _curves(settings: DeflickerSettings, arrays: Arrays) -> tuple[Curve, ...]:
    return light_curves(_light(settings, arrays), arrays, settings.strength)


DEFLICKER = StageType(
    NAME,
    "Takes flicker out of light and colour; fades and lamps stay.",
    DeflickerSettings,
    Deflicker,
    curves=_curves,
    propose=propose_deflicker,
)
