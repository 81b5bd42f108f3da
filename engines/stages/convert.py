"""Stage `convert`: matrix, range, primaries, transfer and depth changed so that the picture looks the same."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engines.colour.chosen import MATRICES, VALUES
from engines.colour.conversion import HLG, PQ, Conversion
from engines.errors import SettingError
from engines.luma import chroma_range, code_range
from engines.scene_linear import is_linear
from engines.stages.base import Geometry, Rendered, Stage, StageContext, StageType, Upstream
from engines.stages.mapping import pinned_colour, rendered_through
from engines.stages.settings import setting
from engines.types import FrameNo, PixelFormat, Rect

NAME = "convert"
AS_IS = "as_is"

_HDR_DEPTH = 10
"""BT.2100: PQ and HLG have 10 bits or more."""
_CD = "cd/m\N{SUPERSCRIPT TWO}"


@dataclass(frozen=True)
class ConvertSettings:
    """What the code values are to mean; what is left as it is keeps the clip's tag."""

    matrix: str = setting(
        AS_IS, "Matrix", "How Y'CbCr is made of R'G'B'.", choices=(AS_IS, *(m for m in MATRICES if m != "rgb"))
    )
    range: str = setting(
        AS_IS, "Range", "tv: limited, with room beyond black and white; pc: full.", choices=(AS_IS, "tv", "pc")
    )
    primaries: str = setting(AS_IS, "Primaries", "The colours of R, G and B.", choices=(AS_IS, *VALUES["primaries"]))
    transfer: str = setting(AS_IS, "Transfer", "How light is coded.", choices=(AS_IS, *VALUES["transfer"]))
    gamut: str = setting(
        "clip",
        "Outside colours",
        "Colours that the primaries lack: cut off, or drawn in.",
        choices=("clip", "compress"),
    )
    depth: str = setting(
        AS_IS, "Bits", "Per sample; floats become whole numbers.", choices=(AS_IS, "8", "10", "12", "16")
    )
    white: int = setting(
        203, "White", "How bright SDR white is in PQ and HLG.", choices=(100, 203), unit=_CD, rare=True
    )
    peak: float = setting(
        1000.0, "HLG peak", "Of the display that HLG is meant for.", low=400, high=2000, unit=_CD, rare=True
    )


class Convert(Stage):
    """Deterministic and pointwise. Nothing is tone mapped: stages hdr and sdr do that."""

    name = NAME
    version = 1

    def __init__(self, settings: ConvertSettings, context: StageContext | None = None) -> None:  # noqa: ARG002
        self.settings = settings

    def output(self, geometry: Geometry) -> Geometry:
        """Raises SettingError where pictures of that layout cannot mean what is asked for."""
        settings, layout, colour = self.settings, geometry.format, geometry.colour
        if settings.matrix != AS_IS and layout.family != "yuv":
            raise SettingError(f"Stage convert: a {layout.name} picture has no matrix.", "Leave matrix out.")
        if settings.primaries != AS_IS and layout.family == "gray":
            raise SettingError("Stage convert: a grey picture has no primaries.", "Leave primaries out.")
        wanted = {key: getattr(settings, key) for key in ("matrix", "range", "primaries", "transfer")}
        colour = replace(colour, **{key: value for key, value in wanted.items() if value != AS_IS})
        layout = self._layout(layout)
        if layout.floating and colour.range == "tv":
            raise SettingError("Stage convert: floats have no limited range.", "Set depth, too, as in depth=10.")
        return replace(geometry, format=layout, colour=colour)

    @property
    def geometric(self) -> bool:
        return True

    @property
    def pointwise(self) -> bool:
        return True

    def key(self) -> str:
        return f"{NAME} {self.version} {self.settings}"

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        """Where codes stay what they are, samples pass through and only tags change. Raises FrameError, Cancelled."""
        before = upstream.geometry
        after = self.output(before)
        conversion = self._conversion(before, after)
        if conversion.neutral and _coding(before) == _coding(after):
            below = upstream.frame(number, region)
            return replace(below, frame=replace(below.frame, colour=after.colour))
        return rendered_through((conversion.map,), number, region, upstream, after)

    def _layout(self, layout: PixelFormat) -> PixelFormat:
        if self.settings.depth != AS_IS:
            layout = replace(layout, depth=int(self.settings.depth), floating=False)
        if self.settings.transfer in (PQ, HLG) and not layout.floating:
            layout = replace(layout, depth=max(layout.depth, _HDR_DEPTH))
        return layout

    def _conversion(self, before: Geometry, after: Geometry) -> Conversion:
        source, target = (_meaning(before, before), _meaning(after, before))
        settings = self.settings
        return Conversion(source, target, float(settings.white), settings.peak, settings.gamut == "compress")


def _meaning(geometry: Geometry, source: Geometry) -> tuple[str, str]:
    """Primaries and transfer; what is not said is BT.709, and of floats linear light."""
    colour = geometry.colour
    untold = "linear" if is_linear(source.format, source.colour) else "bt709"
    transfer = untold if colour.transfer == "unknown" else colour.transfer
    return "bt709" if colour.primaries == "unknown" or geometry.format.family == "gray" else colour.primaries, transfer


def _coding(geometry: Geometry) -> tuple[object, ...]:
    """Equal where the same R'G'B' has the same code values."""
    layout, colour = geometry.format, geometry.colour
    matrix = pinned_colour(geometry).matrix if layout.family == "yuv" else ""
    return layout, matrix, code_range(layout, colour), chroma_range(layout, colour)


CONVERT = StageType(
    NAME, "Changes matrix, range, primaries, transfer or depth; the picture looks the same.", ConvertSettings, Convert
)
