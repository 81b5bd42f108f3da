"""Which colours a delivery format can say: what it could not is refused before anything is rendered."""

from __future__ import annotations

from engines.errors import SettingError
from engines.media.presets import Preset, stored_format
from engines.types import ColourSpec, PixelFormat

_NAMES = {"smpte2084": "PQ", "arib-std-b67": "HLG"}
_STAGE = {"smpte2084": "hdr", "arib-std-b67": "hdr:transfer=hlg"}
LEAST_BITS = 10
"""Of PQ and HLG (BT.2100)."""


def check_colour(preset: Preset, layout: PixelFormat, colour: ColourSpec) -> None:
    """Raises SettingError where pictures of this layout and colour would be stored under wrong tags, or in too few
    bits for their transfer.
    """
    stored, _ = stored_format(preset, layout)
    name = _NAMES.get(colour.transfer, "")
    if preset.transfer and colour.transfer != preset.transfer:
        wanted = _NAMES[preset.transfer]
        shown = name or "SDR"
        way = f"Put --stage {_STAGE[preset.transfer]} last" + (" instead." if name else ", which makes it of SDR.")
        raise SettingError(f"{preset.title} needs {wanted}, and this is {shown}.", f"{way} Or choose another preset.")
    if name and not layout.floating and layout.depth < LEAST_BITS:
        raise SettingError(
            f"{name} needs {LEAST_BITS} bits, and this picture has {layout.depth}.",
            "Put --stage convert:depth=10 last or, where its tag is wrong, choose another: --tags transfer=bt709.",
        )
    if name and not stored.floating and stored.depth < LEAST_BITS:
        raise SettingError(
            f"{name} needs {LEAST_BITS} bits, and {preset.title} stores {stored.depth}.",
            "Choose hevc_hdr10 or hevc_hlg, prores_4444 or ffv1, or put --stage sdr last.",
        )
    if name and preset.container == "exr" and not layout.floating:
        # Whoever reads it takes floats for linear light.
        raise SettingError(
            f"{preset.title} holds linear light, and this is {name}.",
            "Choose png or ffv1, which say what it is.",
        )
    if preset.codec == "dnxhd" and layout.family == "yuv" and colour.matrix not in ("bt709", "unknown"):
        raise SettingError(
            f"{preset.title} says BT.709 in its own pictures, and this picture's matrix is {colour.matrix}.",
            "Choose prores_hq, prores_4444 or ffv1.",
        )
