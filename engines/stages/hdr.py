"""Stage `hdr`: an SDR picture as an HDR master by inverse tone mapping, from which stage `sdr` gives it back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engines.errors import SettingError
from engines.hdr.convert import to_hdr
from engines.hdr.mapping import HLG, PQ, Mapping, Method
from engines.media.hdr_metadata import DISPLAYS, MasteringDisplay
from engines.stages.base import Geometry, Rendered, Stage, StageContext, StageType, Upstream
from engines.stages.hdr_frames import ABOUT_LINEAR, converted, full_chroma
from engines.stages.settings import setting
from engines.types import ColourSpec, FrameNo, Rect

NAME = "hdr"

_TRANSFERS = {"pq": PQ, "hlg": HLG}


@dataclass(frozen=True)
class HdrSettings:
    """How bright the picture becomes, and how it is coded."""

    method: str = setting(
        "A", "Method", "BT.2446: A makes white as bright as the peak; C keeps the look of SDR.", choices=("A", "C")
    )
    peak: float = setting(
        1000.0, "Peak", "Brightest light of the master.", low=100.0, high=10000.0, unit="cd/m\N{SUPERSCRIPT TWO}"
    )
    white: int = setting(
        203, "SDR white", "How bright SDR white is taken to be.", choices=(100, 203), unit="cd/m\N{SUPERSCRIPT TWO}"
    )
    transfer: str = setting("pq", "Transfer", "PQ, or HLG for broadcast.", choices=("pq", "hlg"))
    depth: int = setting(10, "Depth", "At least; 12 gives SDR back most exactly.", choices=(10, 12, 16), unit="bit")
    chroma: str = setting(
        "as_is", "Chroma", "As in the source, or in full: SDR comes back more exactly.", choices=("as_is", "444")
    )
    display: str = setting(
        "p3",
        "Mastering display",
        "Colours of the display that the master says it was made for.",
        choices=tuple(DISPLAYS),
        rare=True,
    )
    darkest: float = setting(
        0.005,
        "Mastering black",
        "Black of that display.",
        low=0.0,
        high=5.0,
        unit="cd/m\N{SUPERSCRIPT TWO}",
        rare=True,
    )


class Hdr(Stage):
    """Deterministic and pointwise; adds no detail and no range that the picture does not have."""

    name = NAME
    version = 1

    def __init__(self, settings: HdrSettings, context: StageContext | None = None) -> None:  # noqa: ARG002
        """Raises SettingError where the peak is below SDR white."""
        if settings.peak < settings.white:
            raise SettingError(
                f"Stage hdr: a peak of {settings.peak:g} cd/m2 is below SDR white, {settings.white} cd/m2.",
                "Raise peak, or set white=100.",
            )
        self.settings = settings
        method: Method = "A" if settings.method == "A" else "C"
        self.mapping = Mapping(method, settings.peak, float(settings.white))
        self._transfer = _TRANSFERS[settings.transfer]

    @property
    def mastering(self) -> MasteringDisplay:
        """What the master says of the display it was made for."""
        return MasteringDisplay.of(self.settings.display, self.settings.darkest, self.settings.peak)

    def output(self, geometry: Geometry) -> Geometry:
        layout, colour = geometry.format, geometry.colour
        if layout.floating:
            raise SettingError("Stage hdr takes SDR video, and this picture holds floats.", ABOUT_LINEAR)
        if colour.transfer in _TRANSFERS.values():
            raise SettingError(f"The picture is HDR already ({colour.transfer}).", "Leave stage hdr out.")
        depth = max(self.settings.depth, layout.depth)
        rgb = layout.family == "rgb"
        located = colour.chroma_location
        layout = replace(layout, depth=depth)
        if layout.family == "yuv" and self.settings.chroma == "444":
            layout, located = replace(layout, chroma_x=1, chroma_y=1), "unknown"
        spread = "pc" if rgb and colour.range != "tv" else "tv"
        matrix = "rgb" if rgb else "bt2020nc"
        return replace(geometry, format=layout, colour=ColourSpec(spread, matrix, "bt2020", self._transfer, located))

    @property
    def geometric(self) -> bool:
        return True

    @property
    def pointwise(self) -> bool:
        return True

    def key(self) -> str:
        return f"{NAME} {self.version} {self.settings}"

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        """Raises FrameError, Cancelled; SettingError for colour that is not known."""
        here, there = upstream.geometry, self.output(upstream.geometry)
        colour = here.colour
        convert = to_hdr(self.mapping, colour.primaries, colour.transfer, self._transfer)
        subsampled = here.format.chroma_x * here.format.chroma_y > there.format.chroma_x * there.format.chroma_y
        prepare = full_chroma if subsampled else None
        return converted(number, region, upstream, there, convert, prepare)


HDR = StageType(NAME, "SDR as an HDR master (BT.2446, PQ or HLG) that gives SDR back.", HdrSettings, Hdr)
