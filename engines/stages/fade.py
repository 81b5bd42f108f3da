"""Stage `fade`: brings back the dyes that a colour film has lost, in density, alike over a whole shot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engines.analysis.fade import FadeAnalysis, estimate_of
from engines.analysis.propose_fade import propose_fade
from engines.analysis.shot_analysis import Arrays, ShotAnalysis
from engines.colour.places import Map
from engines.errors import SettingError
from engines.fade.fit import Kind, Spot
from engines.fade.model import FadeMap
from engines.fade.parameters import FadeParameters
from engines.fade.reference import parsed_reference
from engines.fade.settled import Settled, settled
from engines.fade.spots import spot_colour
from engines.fade.summary import said
from engines.fade.undo import read_undo
from engines.scene_linear import decoded, encoded, is_linear
from engines.stages.base import Geometry, StageContext, StageType, Upstream
from engines.stages.mapping import MapStage
from engines.stages.setting_texts import parsed_points
from engines.stages.settings import setting
from engines.types import FrameNo

NAME = "fade"


@dataclass(frozen=True)
class FadeSettings:
    """How far lost dye comes back, and what a person knows better than the estimate."""

    strength: float = setting(1.0, "Strength", "Share of the fade that is undone.", low=0.0, high=1.0)
    cyan: float = setting(0.0, "Cyan", "More of the cyan dye (less red light) than was estimated.", low=-1.0, high=1.0)
    magenta: float = setting(0.0, "Magenta", "More of the magenta dye (less green light).", low=-1.0, high=1.0)
    yellow: float = setting(0.0, "Yellow", "More of the yellow dye (less blue light).", low=-1.0, high=1.0)
    contrast: float = setting(0.0, "Contrast", "More of all three dyes.", low=-1.0, high=1.0)
    stain: float = setting(0.0, "Stain", "More of the yellow stain of the base is taken off.", low=-1.0, high=1.0)
    neutral: str = setting("", "Neutral", "Spots that are grey or white in truth.", draws="points")
    skin: str = setting("", "Skin", "Spots of human skin.", draws="points")
    black: str = setting("", "Black", "Spots that are black in truth.", draws="points")
    white: str = setting("", "White", "Spots that are the film's brightest white.", draws="points")
    match: str = setting(
        "", "Match", "A still, or frame:N of this clip, whose range of colours is taken over.", file="still"
    )
    uneven: str = setting(
        "auto", "Uneven", "Fading that differs from place to place.", choices=("auto", "on", "off"), rare=True
    )
    sure: float = setting(
        0.05, "Confidence", "Shots less surely faded than this stay as they are, unless spots or a match say more.",
        low=0.0, high=1.0, rare=True,
    )  # fmt: skip
    undo: str = setting(
        "", "Undo", "The manifest (.tratteggio.json) beside this clip, which is a master: its fade is taken back. "
        "All else here is left aside.",
        file="manifest", rare=True,
    )  # fmt: skip


class Fade(MapStage):
    """Deterministic: a few numbers per shot, chosen by a network, of a smooth map that `FadeMap.unrestore` undoes."""

    name = NAME
    version = 1

    def __init__(self, settings: FadeSettings, context: StageContext | None = None) -> None:  # noqa: ARG002
        """Raises SettingError where spots cannot be read or the manifest tells of nothing that can be undone,
        MediaError where the manifest or the still to match cannot be read.
        """
        self.settings = settings
        kinds: tuple[Kind, ...] = ("neutral", "skin", "black", "white")
        self._points = tuple(
            (kind, *spot) for kind in kinds for spot in parsed_points(NAME, getattr(settings, kind), kind)
        )
        self._reference = parsed_reference(NAME, settings.match)
        self._analysis = FadeAnalysis()
        self._undo = read_undo(Path(settings.undo).expanduser()) if settings.undo else None

    def output(self, geometry: Geometry) -> Geometry:
        """Raises SettingError where a grey picture is to have been a master that was faded."""
        if self._undo is not None and geometry.format.family == "gray":
            raise SettingError("Stage fade: a grey picture has no fade to undo.", "Leave undo out.")
        return geometry

    @property
    def measures_shot(self) -> bool:
        return self._undo is None

    def needs(self, number: FrameNo) -> tuple[ShotAnalysis, ...]:  # noqa: ARG002 - the same everywhere
        return (self._analysis,) if self._undo is None else ()

    def key(self) -> str:
        """Raises ModelError, MediaError."""
        if self._undo is not None:
            return f"{NAME} {self.version} undo {self._undo.key}"
        reference = self._reference.key() if self._reference else ""
        return f"{NAME} {self.version} {self._analysis.version} {self._analysis.key()} {self.settings} {reference}"

    def point_map(self, number: FrameNo, upstream: Upstream) -> Map | None:
        """None for grey clips, toned ones and shots that did not surely fade.

        Raises FrameError, MediaError, SettingError where a spot is outside the picture or the clip is not the master
        to undo, Cancelled.
        """
        geometry = upstream.geometry
        parameters = self._parameters(number, upstream)
        if parameters is None:
            return None
        fade = FadeMap(parameters, geometry.width, geometry.height)
        transform: Map = fade.restore if self._undo is None else fade.unrestore
        return _over_light(transform) if is_linear(geometry.format, geometry.colour) else transform

    def applied(self, number: FrameNo, upstream: Upstream) -> Mapping[str, Any] | None:
        """`FadeParameters`, by name."""
        parameters = self._parameters(number, upstream) if self._undo is None else None
        return None if parameters is None else {name: held.tolist() for name, held in parameters.arrays().items()}

    def _parameters(self, number: FrameNo, upstream: Upstream) -> FadeParameters | None:
        """What is to be applied to frame `number`, or undone in it; None for nothing."""
        geometry = upstream.geometry
        if self._undo is not None:
            self._undo.check(geometry.width, geometry.height, upstream.frame_count, upstream.policy.reduction)
            return self._undo.at(number)
        if geometry.format.family == "gray":
            return None
        done = self._settled(number, upstream)
        if done is not None and done.why:
            upstream.note(f"fade: left as it is: {done.why}.")
        return None if done is None else done.parameters

    def _settled(self, number: FrameNo, upstream: Upstream) -> Settled | None:
        """None where the shot is not measured yet."""
        if self.settings.strength == 0.0:
            return Settled(None)
        arrays = upstream.analysed(number, self._analysis)
        if arrays is None:
            return None
        return upstream.kept(("fade", upstream.shot(number).first), lambda: self._settle(number, arrays, upstream))

    def _settle(self, number: FrameNo, arrays: Arrays, upstream: Upstream) -> Settled:
        reference = None if self._reference is None else self._reference.pictures(upstream)
        spots = tuple(self._spots(number, upstream))
        pictures = arrays["pictures"].astype(np.float32)
        return settled(estimate_of(arrays), bool(arrays["colourless"]), self.settings, spots, pictures, reference)

    def _spots(self, number: FrameNo, upstream: Upstream) -> Iterator[Spot]:
        """Those that were picked in this shot."""
        shot = upstream.shot(number)
        for kind, frame, x, y in self._points:
            if frame >= upstream.frame_count:
                raise SettingError(
                    f"Stage fade: {kind}: there is no frame {frame} to pick a spot in.",
                    f"The clip's frames are 0-{upstream.frame_count - 1}.",
                )
            if shot.first <= frame <= shot.last:
                yield spot_colour(kind, upstream.source(frame).frame, x, y, upstream.policy.reduction)


def _over_light(transform: Map) -> Map:
    """The same for scene-linear samples."""
    return lambda picture, places: decoded(transform(encoded(picture), places))


def fade_summary(settings: FadeSettings, arrays: Arrays) -> str:
    """What the stage's card says of a shot: what was lost, how sure that is, or why nothing is done."""
    if settings.undo:
        return f"Takes back the fade that {Path(settings.undo).name} tells of."
    told = said(estimate_of(arrays))
    if asked := _asked(settings):
        return f"Follows {asked}. Without: {told[0].lower()}{told[1:]}"
    done = settled(estimate_of(arrays), bool(arrays["colourless"]), settings)
    return f"Left as it is: {done.why}." if done.parameters is None and done.why else told


def _asked(settings: FadeSettings) -> str:
    """What a person knows better than the estimate, in words; empty for nothing."""
    kinds = ("neutral", "skin", "black", "white")
    counts = {kind: len(parsed_points(NAME, getattr(settings, kind))) for kind in kinds}
    picked = [f"{count} {kind} {'spot' if count == 1 else 'spots'}" for kind, count in counts.items() if count]
    return ", ".join([*picked, *(["the match"] if settings.match else [])])


FADE = StageType(
    NAME,
    "Brings back the dyes that a colour film has lost.",
    FadeSettings,
    Fade,
    says=fade_summary,
    propose=propose_fade,
)
