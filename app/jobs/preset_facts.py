"""What each delivery format would keep and lose of a given clip."""

from __future__ import annotations

from dataclasses import dataclass

from app.document import ClipWork
from engines.errors import SettingError
from engines.media.presets import PRESETS, Preset, check_size, stored_format
from engines.types import PixelFormat

OFFERED = (
    *("ffv1", "prores_hq", "prores_4444", "dnxhr_hqx", "dnxhr_444"),
    *("dpx", "tiff", "png", "exr", "h264", "hevc", "hevc_hdr10", "hevc_hlg"),
)
"""In the order of the dialog: masters and mezzanines, stills, access copies."""


@dataclass(frozen=True)
class PresetFacts:
    """stored: layout of the samples in the file, None where `refusal` says why there is none.

    exact: stored samples are the rendered ones, or can be turned back into them.
    """

    preset: Preset
    source: PixelFormat
    stored: PixelFormat | None
    exact: bool = False
    refusal: str = ""

    @property
    def fewer_bits(self) -> bool:
        return self.stored is not None and not self.stored.floating and self.stored.depth < self.source.depth

    @property
    def less_chroma(self) -> bool:
        if self.stored is None or self.source.family == "gray":
            return False
        return self.stored.chroma_x * self.stored.chroma_y > self.source.chroma_x * self.source.chroma_y


def facts_of(name: str, layout: PixelFormat, width: int, height: int) -> PresetFacts:
    """Of rendered pictures of this layout and size."""
    preset = PRESETS[name]
    try:
        stored, _ = stored_format(preset, layout)
        check_size(preset, width, height)
    except SettingError as error:
        return PresetFacts(preset, layout, None, refusal=str(error))
    return PresetFacts(preset, layout, stored, preset.master)


def output_size(clip: ClipWork) -> tuple[int, int]:
    """Width and height of the restored pictures: `detail` may enlarge them."""
    detail = clip.shots[0].stage("detail")
    scale = int(detail.settings.get("scale", "1")) if detail and detail.enabled else 1
    return clip.media.width * scale, clip.media.height * scale
