"""What each delivery format would keep and lose of a given clip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.commands import CODING
from app.document import ClipWork
from engines.errors import SettingError, TratteggioError
from engines.hdr.mapping import HLG, PQ
from engines.media.hdr_metadata import MasteringDisplay
from engines.media.preset_colour import LEAST_BITS, check_colour
from engines.media.presets import PRESETS, Preset, check_size, stored_format
from engines.media.source import ClipInfo
from engines.stages.base import Geometry, StageContext
from engines.stages.catalogue import make_stage
from engines.stages.hdr import Hdr
from engines.types import PixelFormat

OFFERED = (
    *("ffv1", "prores_hq", "prores_4444", "prores_4444xq", "dnxhr_hqx", "dnxhr_444"),
    *("dpx", "tiff", "png", "exr", "h264", "hevc", "hevc_hdr10", "hevc_hlg"),
)
"""In the order of the dialog: masters and mezzanines, stills, access copies."""

Light = Literal["", "pq", "hlg"]
"""How pictures carry light: as SDR, or absolutely."""
_LIGHTS: dict[str, Light] = {PQ: "pq", HLG: "hlg"}


@dataclass(frozen=True)
class Made:
    """The restored pictures of a clip. mastering: the display that an HDR master says it was made for, where known."""

    geometry: Geometry
    mastering: MasteringDisplay | None = None

    @property
    def light(self) -> Light:
        return _LIGHTS.get(self.geometry.colour.transfer, "")


@dataclass(frozen=True)
class PresetFacts:
    """stored: layout of the samples in the file, None where `refusal` says why there is none.

    exact: stored samples are the rendered ones, or can be turned back into them. wants: the light that the format must
    be given, "sdr" where it takes no HDR; empty where light is not what it refuses.
    """

    preset: Preset
    made: Made
    stored: PixelFormat | None
    exact: bool = False
    refusal: str = ""
    wants: Literal["", "pq", "hlg", "sdr"] = ""

    @property
    def source(self) -> PixelFormat:
        """Layout of the rendered pictures."""
        return self.made.geometry.format

    @property
    def fewer_bits(self) -> bool:
        return self.stored is not None and not self.stored.floating and self.stored.depth < self.source.depth

    @property
    def less_chroma(self) -> bool:
        if self.stored is None or self.source.family == "gray":
            return False
        return self.stored.chroma_x * self.stored.chroma_y > self.source.chroma_x * self.source.chroma_y


def facts_of(name: str, made: Made) -> PresetFacts:
    """Of a format for the pictures of a clip."""
    preset, there = PRESETS[name], made.geometry
    try:
        stored, _ = stored_format(preset, there.format)
        check_size(preset, there.width, there.height)
    except SettingError as error:
        return PresetFacts(preset, made, None, refusal=str(error))
    try:
        check_colour(preset, there.format, there.colour)
    except SettingError as error:
        wanted = _LIGHTS.get(preset.transfer, "")
        if wanted and wanted != made.light:
            return PresetFacts(preset, made, None, refusal=error.sentence, wants=wanted)
        if made.light and not stored.floating and stored.depth < LEAST_BITS:
            return PresetFacts(preset, made, None, refusal=error.sentence, wants="sdr")
        return PresetFacts(preset, made, None, refusal=str(error))
    return PresetFacts(preset, made, stored, preset.master)


def made_of(clip: ClipWork, info: ClipInfo) -> Made:
    """Size and coding of the restored pictures: `detail` may enlarge them, other stages code them otherwise."""
    detail = clip.shots[0].stage("detail")
    scale = int(detail.settings.get("scale", "1")) if detail and detail.enabled else 1
    geometry = Geometry(info.width * scale, info.height * scale, info.format, info.colour)
    mastering = info.hdr.mastering if info.hdr is not None else None
    for use in clip.shots[0].stages:
        if use.name in CODING and use.enabled:
            try:
                stage = make_stage(use.name, use.settings, StageContext(hdr=info.hdr))
                geometry = stage.output(geometry)
            except TratteggioError:
                continue  # the picture on the screen says why it cannot be made
            mastering = stage.mastering if isinstance(stage, Hdr) else mastering
    return Made(geometry, mastering)
