"""Stage `sdr`: an HDR picture as BT.709 SDR; of a master that stage `hdr` made, the SDR picture it was made of."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engines.errors import SettingError
from engines.hdr.convert import to_sdr
from engines.hdr.mapping import HLG, PQ, Mapping, Method
from engines.media.hdr_metadata import HdrMetadata
from engines.stages.base import Geometry, Rendered, Stage, StageContext, StageType, Upstream
from engines.stages.hdr_frames import ABOUT_LINEAR, converted
from engines.stages.settings import setting
from engines.types import ColourSpec, FrameNo, Rect

NAME = "sdr"

_PEAK, _WHITE = 1000.0, 100.0
"""What is taken where neither the settings nor the clip say: the usual mastering display, and the Report's SDR."""


@dataclass(frozen=True)
class SdrSettings:
    """`None` (written "auto"), and method auto: as the clip says it was made; for others method A from their peak."""

    method: str = setting("auto", "Method", "BT.2446; auto: as the master was made.", choices=("auto", "A", "C"))
    peak: float | None = setting(
        None,
        "Peak",
        "Brightest light of the HDR picture; auto: what the clip says.",
        low=100.0,
        high=10000.0,
        unit="cd/m\N{SUPERSCRIPT TWO}",
    )
    white: float | None = setting(
        None,
        "SDR white",
        "How bright SDR white is taken to be; auto: what the clip says, else 100.",
        low=80.0,
        high=480.0,
        unit="cd/m\N{SUPERSCRIPT TWO}",
    )
    fit: str = setting(
        "auto",
        "Fit colours",
        "Colours that SDR cannot show lose saturation; auto: unless the master was made from SDR.",
        choices=("auto", "on", "off"),
        rare=True,
    )


class Sdr(Stage):
    """Deterministic and pointwise: the inverse of stage `hdr` with the same method and luminances."""

    name = NAME
    version = 1

    def __init__(self, settings: SdrSettings, context: StageContext | None = None) -> None:
        """What is not set is taken from what the clip says of itself (`context.hdr`)."""
        self.settings = settings
        said = context.hdr if context is not None and context.hdr is not None else HdrMetadata()
        made = Mapping.from_words(said.mapping)
        self.mapping = _chosen(settings, made, said)
        self._fit = settings.fit == "on" or (settings.fit == "auto" and self.mapping != made)

    def output(self, geometry: Geometry) -> Geometry:
        layout, colour = geometry.format, geometry.colour
        if layout.floating:
            raise SettingError("Stage sdr takes HDR video, and this picture holds floats.", ABOUT_LINEAR)
        if colour.transfer not in (PQ, HLG):
            raise SettingError(
                f"Stage sdr takes PQ or HLG pictures, and this one's transfer is {colour.transfer}.",
                "Leave stage sdr out, or correct the clip's tags.",
            )
        rgb = layout.family == "rgb"
        matrix, spread = ("rgb", colour.range) if rgb else ("bt709", "pc" if colour.range == "pc" else "tv")
        return replace(geometry, colour=ColourSpec(spread, matrix, "bt709", "bt709", colour.chroma_location))

    @property
    def geometric(self) -> bool:
        return True

    @property
    def pointwise(self) -> bool:
        return True

    def key(self) -> str:
        return f"{NAME} {self.version} {self.mapping} {self._fit}"

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        """Raises FrameError, Cancelled."""
        convert = to_sdr(self.mapping, upstream.geometry.colour.transfer, self._fit)
        return converted(number, region, upstream, self.output(upstream.geometry), convert)


def _chosen(settings: SdrSettings, made: Mapping | None, said: HdrMetadata) -> Mapping:
    known = [said.mastering.brightest] if said.mastering is not None else []
    # Zero stands for unknown (CTA-861.3).
    known += [float(said.light.max_cll)] if said.light is not None and said.light.max_cll > 0 else []
    peak = min(known, default=_PEAK)
    usual = made or Mapping("A", min(max(peak, _WHITE), 10000.0), _WHITE)
    method: Method = usual.method if settings.method == "auto" else "A" if settings.method == "A" else "C"
    white = usual.white if settings.white is None else settings.white
    return Mapping(method, max(usual.peak if settings.peak is None else settings.peak, white), white)


SDR = StageType(NAME, "PQ or HLG as BT.709 SDR; a master made from SDR gives that SDR back.", SdrSettings, Sdr)
