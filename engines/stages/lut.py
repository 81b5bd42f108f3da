"""Stage `lut`: a look-up table of a .cube file baked into the picture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engines.colour.cube import Cube, read_cube
from engines.colour.cube_map import cube_map
from engines.colour.mapped import times
from engines.colour.places import Places, Rgb
from engines.colour.spaces import rgb_to_rgb
from engines.colour.transfer import from_light, to_light
from engines.errors import SettingError
from engines.scene_linear import is_linear
from engines.stages.base import Geometry, Rendered, Stage, StageContext, StageType, Upstream
from engines.stages.mapping import rendered_through
from engines.stages.settings import setting
from engines.types import ColourSpec, FrameNo, PixelFormat, Rect

NAME = "lut"

AS_IS = "as_is"
_REC709 = ("bt709", "bt709")
_KNOWN = {
    "rec709": _REC709,
    "srgb": ("bt709", "iec61966-2-1"),
    "p3": ("smpte432", "iec61966-2-1"),
    "cineon": ("", "cineon"),
    "linear": ("", "linear"),
}
"""Primaries ("" = the clip's own) and transfer that a table may expect."""
_HDR = frozenset({"smpte2084", "arib-std-b67"})


@dataclass(frozen=True)
class LutSettings:
    """Which table, and what it is for."""

    file: str = setting("", "Table", "A .cube file: curves, a 3D table, or both.", file="cube", needed=True)
    strength: float = setting(1.0, "Strength", "Share of the table's answer.", low=0.0, high=1.0)
    input: str = setting(
        AS_IS,
        "Expects",
        "What the table was made for; the clip is converted to it from what its tags say.",
        choices=(AS_IS, *_KNOWN),
    )
    output: str = setting(
        AS_IS,
        "Gives",
        "Values coded as the clip is, or Rec. 709 video: the clip is tagged so from here on.",
        choices=(AS_IS, "rec709"),
    )


class Lut(Stage):
    """Deterministic and pointwise. Values outside the table's domain take its ends."""

    name = NAME
    version = 1

    def __init__(self, settings: LutSettings, context: StageContext | None = None) -> None:  # noqa: ARG002
        """Reads the table. Raises SettingError where there is none or it cannot be used."""
        if not settings.file:
            raise SettingError("Stage lut has no look-up table.", "Give file=, the path to a .cube file.")
        if settings.output != AS_IS and settings.strength < 1.0:
            raise SettingError(
                f"Stage lut: a table that gives {settings.output} cannot be mixed with the clip as it is coded.",
                "Set strength=1, or output=as_is.",
            )
        self.settings = settings
        self._cube = read_cube(Path(settings.file).expanduser())

    def output(self, geometry: Geometry) -> Geometry:
        """Raises SettingError for HDR clips, whose light no table for SDR expects."""
        if self.settings.input != AS_IS and geometry.colour.transfer in _HDR:
            raise SettingError(
                f"Stage lut: a table that expects {self.settings.input} cannot be used on an HDR clip.",
                "Put stage sdr before it, or set input=as_is.",
            )
        if self.settings.output == AS_IS:
            return geometry
        matrix = geometry.colour.matrix if geometry.format.family != "yuv" else "bt709"
        primaries, transfer = _REC709
        colour = replace(geometry.colour, matrix=matrix, primaries=primaries, transfer=transfer)
        return replace(geometry, colour=colour)

    @property
    def geometric(self) -> bool:
        return self.settings.output != AS_IS

    @property
    def pointwise(self) -> bool:
        return True

    def key(self) -> str:
        s = self.settings
        return f"{NAME} {self.version} {self._cube.digest} {s.strength} {s.input} {s.output}"

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        """Strength 0 hands the frame through. Raises FrameError, Cancelled."""
        geometry = upstream.geometry
        if self.settings.strength == 0.0:
            return upstream.frame(number, region)
        transform = upstream.kept(
            "map", lambda: LutMap(self._cube, self.settings.strength, _expected(self.settings.input, geometry))
        )
        return rendered_through((transform,), number, region, upstream, self.output(geometry))


@dataclass(frozen=True)
class _Expected:
    """A conversion of what the clip holds to what the table expects."""

    primaries: tuple[str, str]
    transfers: tuple[str, str]

    def __call__(self, rgb: Rgb) -> Rgb:
        light = to_light(rgb, self.transfers[0])
        if self.primaries[0] != self.primaries[1]:
            light = times(rgb_to_rgb(*self.primaries), light)
        return from_light(light, self.transfers[1])


class LutMap:
    """A table made ready for a kind of clip; a `Map` for `mapped`."""

    def __init__(self, cube: Cube, strength: float, expected: _Expected | None) -> None:
        self._table = cube_map(cube)
        self._strength, self._expected = np.float32(strength), expected
        held = sum(values.nbytes for values in (cube.line, cube.table) if values is not None)
        # OpenColorIO holds tables with a fourth channel.
        self.nbytes = 1024 + held * 4 // 3

    def __call__(self, rgb: Rgb, _: Places) -> Rgb:
        asked = rgb if self._expected is None else self._expected(rgb)
        answer = self._table.apply(asked)
        if self._strength == 1.0:
            return answer
        answer -= rgb
        answer *= self._strength
        answer += rgb
        return answer


def _expected(asked: str, geometry: Geometry) -> _Expected | None:
    """None where values go to the table as they are."""
    if asked == AS_IS:
        return None
    own = _own(geometry.format, geometry.colour)
    primaries, transfer = _KNOWN[asked]
    told = primaries or own[0], transfer
    return None if told == own else _Expected((own[0], told[0]), (own[1], told[1]))


def _own(layout: PixelFormat, colour: ColourSpec) -> tuple[str, str]:
    return colour.primaries, "linear" if is_linear(layout, colour) else colour.transfer


LUT = StageType(NAME, "Bakes the look of a .cube table into the picture.", LutSettings, Lut)
