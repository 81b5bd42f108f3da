"""What HDR files say of themselves beside the transfer: mastering display (SMPTE ST 2086), light levels (CTA-861.3)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import av
from av.sidedata.sidedata import Type

Point = tuple[float, float]

HDR_MAPPING_TAG = "hdr_mapping"
"""Name of the tag under which a master says how it was made of SDR (`engines.hdr.mapping.Mapping.words`)."""

_P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
_BT2020 = ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))
_D65 = (0.3127, 0.3290)
DISPLAYS = {"p3": _P3, "bt2020": _BT2020}
"""CIE x, y of red, green and blue of the displays that masters are graded on, both with D65 white."""

_CHROMATICITY, _LUMINANCE = 50_000, 10_000
"""Steps per unit of x and y, and per cd/m2, in which streams store them (ITU-T H.265, D.3.28)."""


@dataclass(frozen=True)
class MasteringDisplay:
    """CIE 1931 x, y of red, green, blue and white; cd/m2 of black and white."""

    primaries: tuple[Point, Point, Point]
    white: Point
    darkest: float
    brightest: float

    @classmethod
    def of(cls, display: str, darkest: float, brightest: float) -> MasteringDisplay:
        """One of `DISPLAYS`, in the steps that files store."""
        red, green, blue = DISPLAYS[display]
        return cls((red, green, blue), _D65, round(darkest * _LUMINANCE) / _LUMINANCE, brightest)

    def codes(self) -> tuple[int, ...]:
        """x and y of green, blue, red, white in 0.00002; brightest and darkest in 0.0001 cd/m2: the order of SEI."""
        red, green, blue = self.primaries
        places = tuple(round(value * _CHROMATICITY) for point in (green, blue, red, self.white) for value in point)
        return (*places, round(self.brightest * _LUMINANCE), round(self.darkest * _LUMINANCE))

    def words(self) -> str:
        """For a person."""
        known = next((name for name, primaries in DISPLAYS.items() if _alike(primaries, self.primaries)), "")
        name = {"p3": "P3-D65", "bt2020": "BT.2020"}.get(known if _alike((_D65,), (self.white,)) else "", "custom")
        return f"{name}, {self.darkest:g} to {self.brightest:g} cd/m2"


@dataclass(frozen=True)
class LightLevel:
    """CTA-861.3, whole cd/m2: the brightest pixel's largest component, and the brightest frame's mean of those."""

    max_cll: int
    max_fall: int

    def words(self) -> str:
        """For a person."""
        return f"MaxCLL {self.max_cll} cd/m2, MaxFALL {self.max_fall} cd/m2"


@dataclass(frozen=True)
class HdrMetadata:
    """mapping: how an SDR picture was made HDR, as `engines.hdr.mapping` words it; empty where nobody says."""

    mastering: MasteringDisplay | None = None
    light: LightLevel | None = None
    mapping: str = ""

    def __bool__(self) -> bool:
        return self.mastering is not None or self.light is not None or bool(self.mapping)

    def codes(self) -> tuple[tuple[int, ...] | None, LightLevel | None]:
        """In the steps that files store: equal where two files say the same."""
        return self.mastering.codes() if self.mastering else None, self.light

    def words(self) -> str:
        """For a person; empty where there is nothing."""
        parts = (self.mastering.words() if self.mastering else "", self.light.words() if self.light else "")
        return "; ".join(part for part in (*parts, self.mapping) if part)


def metadata_of(picture: av.VideoFrame) -> HdrMetadata:
    """What comes with a decoded picture: from its own stream or from the container around it."""
    return HdrMetadata(_mastering(picture), _light(picture))


def _mastering(picture: av.VideoFrame) -> MasteringDisplay | None:
    found = picture.side_data.get(Type.MASTERING_DISPLAY_METADATA)  # type: ignore[call-overload]  # its stubs say text
    if found is None:
        return None
    # AVMasteringDisplayMetadata: ten fractions (red, green, blue, white; darkest, brightest), then what is valid.
    *numbers, has_primaries, has_luminance = struct.unpack("=22i", bytes(found)[:88])
    values = [top / bottom if bottom else 0.0 for top, bottom in zip(numbers[::2], numbers[1::2], strict=True)]
    red, green, blue, white = ((values[i], values[i + 1]) for i in (0, 2, 4, 6))
    if not (has_primaries and has_luminance):
        return None
    return MasteringDisplay((red, green, blue), white, values[8], values[9])


def _light(picture: av.VideoFrame) -> LightLevel | None:
    found = picture.side_data.get(Type.CONTENT_LIGHT_LEVEL)  # type: ignore[call-overload]
    return LightLevel(*struct.unpack("=2I", bytes(found)[:8])) if found is not None else None


def _alike(first: tuple[Point, ...], second: tuple[Point, ...]) -> bool:
    return all(abs(a - b) < 1e-3 for p, q in zip(first, second, strict=True) for a, b in zip(p, q, strict=True))
