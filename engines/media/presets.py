"""The formats we deliver in, and which of a codec's sample layouts holds a picture best."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import av
from av.video.codeccontext import VideoCodecContext

from engines.errors import SettingError
from engines.media.planes import format_of
from engines.types import ColourSpec, PixelFormat


@dataclass(frozen=True)
class Preset:
    """A delivery format. `options` go to the encoder as they are; `formats` are FFmpeg names of what it stores.

    container: FFmpeg's muxer, or for sequences the kind of still. master: mathematically lossless.
    min_size: smallest picture the codec takes. even: takes even sizes only. transfer: the only one it is for (FFmpeg's
    name); empty: any.
    """

    name: str
    title: str
    kind: Literal["container", "sequence"]
    container: str
    suffix: str
    codec: str
    formats: tuple[str, ...]
    options: tuple[tuple[str, str], ...] = ()
    intra: bool = True
    master: bool = False
    suffixes: tuple[str, ...] = ()
    """Every suffix accepted beside `suffix`."""
    min_size: tuple[int, int] = (1, 1)
    even: bool = False
    transfer: str = ""

    def accepts(self, suffix: str) -> bool:
        return suffix.lower() in (self.suffix, *self.suffixes)


_SLICE_COUNTS = (4, 6, 9, 12, 16, 20, 24, 30)
_YUV = ("420", "422", "444", "440", "411", "410")
_FFV1 = (
    *("gray", "gray9le", "gray10le", "gray12le", "gray14le", "gray16le", "ya8", "bgr0", "bgra"),
    *(f"yuv{s}p" for s in _YUV),
    *(f"yuv{s}p{d}le" for s in ("420", "422", "444") for d in (9, 10, 12, 14, 16)),
    *("yuv440p10le", "yuv440p12le"),
    *(f"yuva{s}p" for s in ("420", "422", "444")),
    *(f"yuva{s}p{d}le" for s in ("420", "422", "444") for d in (9, 10, 16)),
    *("yuva422p12le", "yuva444p12le"),
    *(f"gbrp{d}le" for d in (9, 10, 12, 14, 16)),
    *(f"gbrap{d}le" for d in (10, 12, 14, 16)),
)
# Slices are set per picture size, see `encoder_options`; every frame a keyframe, every slice with a checksum.
_FFV1_OPTIONS = (("level", "3"), ("g", "1"), ("slicecrc", "1"), ("context", "1"), ("coder", "range_tab"))
_FFV1_4 = (("level", "4"), ("strict", "experimental"))
_PRORES = (("vendor", "apl0"),)
_X265 = "open-gop=0:log-level=none"
_DPX = ("gray", "gray10le", "gray12le", "gray16be", "rgb24", "gbrp10le", "gbrp12le", "rgb48be", "rgba", "rgba64be")
_TIFF = ("gray", "gray16le", "ya8", "ya16le", "rgb24", "rgb48le", "rgba", "rgba64le")
_PNG = ("gray", "gray16be", "ya8", "ya16be", "rgb24", "rgb48be", "rgba", "rgba64be")
_EXR = ("grayf16le", "grayf32le", "gbrpf16le", "gbrpf32le", "gbrapf16le", "gbrapf32le")

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        preset.name: preset
        for preset in (
            Preset(
                *("ffv1", "FFV1 in Matroska, lossless master", "container", "matroska", ".mkv", "ffv1"),
                formats=_FFV1,
                options=_FFV1_OPTIONS,
                master=True,
            ),
            Preset(
                # Version 4 of FFV1 is not fixed yet, and alone holds floats: of use where DPX or TIFF would not do.
                *("ffv1_half", "FFV1 version 4 (experimental) in Matroska, half floats", "container", "matroska"),
                *(".mkv", "ffv1"),
                formats=("grayf16le", "gbrpf16le"),
                options=(*(option for option in _FFV1_OPTIONS if option[0] != "level"), *_FFV1_4),
                master=True,
            ),
            Preset(
                *("prores_hq", "ProRes 422 HQ in QuickTime", "container", "mov", ".mov", "prores_ks"),
                formats=("yuv422p10le",),
                options=(("profile", "hq"), *_PRORES),
            ),
            Preset(
                *("prores_4444", "ProRes 4444 in QuickTime", "container", "mov", ".mov", "prores_ks"),
                formats=("yuv444p10le", "yuva444p10le"),
                options=(("profile", "4444"), *_PRORES),
            ),
            Preset(
                *("prores_4444xq", "ProRes 4444 XQ in QuickTime", "container", "mov", ".mov", "prores_ks"),
                formats=("yuv444p10le", "yuva444p10le"),
                # The encoder's own limit of bits per macroblock is what loses most of HDR pictures.
                options=(("profile", "4444xq"), ("bits_per_mb", "8192"), *_PRORES),
            ),
            Preset(
                *("dnxhr_hqx", "DNxHR HQX in QuickTime", "container", "mov", ".mov", "dnxhd"),
                formats=("yuv422p10le",),
                options=(("profile", "dnxhr_hqx"),),
                min_size=(256, 120),
            ),
            Preset(
                *("dnxhr_444", "DNxHR 444 in QuickTime", "container", "mov", ".mov", "dnxhd"),
                formats=("yuv444p10le", "gbrp10le"),
                options=(("profile", "dnxhr_444"),),
                min_size=(256, 120),
            ),
            Preset(
                *("h264", "H.264 in MP4, access copy", "container", "mp4", ".mp4", "libx264"),
                formats=("yuv420p",),
                options=(("crf", "16"), ("preset", "medium"), ("flags", "+cgop")),
                intra=False,
                suffixes=(".m4v", ".mov"),
                min_size=(16, 16),
                even=True,
            ),
            Preset(
                *("hevc", "HEVC in MP4, access copy", "container", "mp4", ".mp4", "libx265"),
                formats=("yuv420p", "yuv420p10le"),
                options=(("crf", "16"), ("preset", "medium"), ("x265-params", _X265)),
                intra=False,
                suffixes=(".m4v", ".mov"),
                # x265 writes past its own tables below four 16-pixel blocks a row.
                min_size=(64, 64),
                even=True,
            ),
            *(
                Preset(
                    *(name, title, "container", "mp4", ".mp4", "libx265"),
                    formats=("yuv420p10le",),
                    options=(("crf", "14"), ("preset", "medium"), ("profile", "main10"), ("x265-params", params)),
                    intra=False,
                    suffixes=(".m4v", ".mov"),
                    min_size=(64, 64),
                    even=True,
                    transfer=transfer,
                )
                for name, title, params, transfer in (
                    ("hevc_hdr10", "HEVC HDR10 in MP4", f"{_X265}:hdr10-opt=1", "smpte2084"),
                    ("hevc_hlg", "HEVC HLG in MP4", _X265, "arib-std-b67"),
                )
            ),
            Preset(
                *("dpx", "DPX sequence", "sequence", "dpx", ".dpx", "dpx"),
                formats=_DPX,
                master=True,
            ),
            Preset(
                *("tiff", "TIFF sequence", "sequence", "tiff", ".tif", "tiff"),
                formats=_TIFF,
                master=True,
                suffixes=(".tiff",),
            ),
            Preset(
                *("png", "PNG sequence", "sequence", "png", ".png", "png"),
                formats=_PNG,
                master=True,
            ),
            Preset(
                *("exr", "OpenEXR sequence", "sequence", "exr", ".exr", "exr"),
                formats=_EXR,
                master=True,
            ),
        )
    }
)
# What a suffix alone means.
_DEFAULTS = ("ffv1", "prores_hq", "h264", "dpx", "tiff", "png", "exr")


def choose_preset(out: Path, name: str | None, layout: PixelFormat) -> Preset:
    """The preset called `name`, or the usual one for `out`: a file, a `%06d` pattern, or a folder for stills.

    A folder alone means DPX, or EXR for floats. Raises SettingError where the name is unknown or the suffix is not
    the preset's.
    """
    suffix = out.suffix.lower()
    known = f"Known presets: {', '.join(PRESETS)}."
    if name is None:
        return _default(out, suffix, layout, known)
    preset = PRESETS.get(name)
    if preset is None:
        raise SettingError(f"There is no preset {name!r}.", known)
    folder = preset.kind == "sequence" and not suffix
    if not folder and not preset.accepts(suffix):
        wanted = f"a name that ends in {preset.suffix}"
        raise SettingError(f"{preset.title} cannot be written as {out.name}.", f"Give {wanted}. {known}")
    if suffix in preset.suffixes and preset.kind == "container":
        return replace(preset, suffix=suffix, container="mov" if suffix == ".mov" else preset.container)
    return preset


def _default(out: Path, suffix: str, layout: PixelFormat, known: str) -> Preset:
    if not suffix:
        return PRESETS["exr" if layout.floating else "dpx"]
    name = next((name for name in _DEFAULTS if PRESETS[name].accepts(suffix)), None)
    full_chroma = layout.family != "gray" and layout.chroma_x == 1
    if suffix == ".mov" and (layout.alpha or full_chroma):
        name = "prores_4444"
    if name is None:
        raise SettingError(f"The suffix {suffix!r} says nothing about the format.", f"Name a preset. {known}")
    return choose_preset(out, name, layout)


def stored_format(preset: Preset, layout: PixelFormat) -> tuple[PixelFormat, str]:
    """Planar layout and FFmpeg pix_fmt in which the preset stores pictures of `layout`.

    The same samples where the codec can; otherwise the nearest layout that loses nothing. Access and mezzanine
    formats may reduce depth and chroma. Raises SettingError where the loss would be of another kind (alpha, floats)
    or where a master would lose anything.
    """
    ranked = sorted((cost, name) for name in preset.formats if (cost := _cost(preset, layout, format_of(name))))
    if not ranked:
        raise SettingError(f"{preset.title} cannot hold {layout.name} pictures.", _advice(preset, layout))
    return format_of(ranked[0][1]), ranked[0][1]


def _cost(preset: Preset, source: PixelFormat, stored: PixelFormat) -> tuple[int, ...] | None:
    """Order of preference, lowest first; None where the layout will not do."""
    if (source.alpha and not stored.alpha) or (source.floating and not stored.floating):
        return None
    families = {("yuv", "rgb"): 2, ("rgb", "yuv"): 2, ("gray", "yuv"): 1, ("gray", "rgb"): 1}
    family = 0 if source.family == stored.family else families.get((source.family, stored.family))
    if family is None:
        return None
    # A half has 11 significant bits; a matrix needs two bits more than its input to be undone by rounding.
    held = {16: 11, 32: 24}[stored.depth] if stored.floating and not source.floating else stored.depth
    needed = min(source.depth + 2, 16) if family == 2 and preset.master else source.depth
    lost_depth = max(0, needed - held)
    lost_chroma = max(0, stored.chroma_x - source.chroma_x) + max(0, stored.chroma_y - source.chroma_y)
    if source.family == "gray":
        lost_chroma = 0
    if preset.master and (lost_depth or lost_chroma):
        return None
    spare_chroma = source.chroma_x * source.chroma_y - stored.chroma_x * stored.chroma_y
    return (1 + family, lost_chroma, lost_depth, held - source.depth, abs(spare_chroma), int(stored.alpha))


def _advice(preset: Preset, layout: PixelFormat) -> str:
    if layout.floating and layout.depth == 16 and not layout.alpha:
        return "Choose exr, which holds floats, or ffv1_half (experimental)."
    if layout.floating:
        return "Choose exr, which holds floats."
    if layout.alpha:
        return "Choose prores_4444, ffv1 or a sequence, which hold alpha."
    return "Choose ffv1 or another sequence." if preset.kind == "sequence" else "Choose ffv1 or a sequence."


def stored_colour(preset: Preset, layout: PixelFormat, colour: ColourSpec, width: int, height: int) -> ColourSpec:
    """What the code values stored for pictures of `layout` and `colour` mean; unchanged where no conversion is needed.

    ProRes and DNxHR are limited range by definition. Y'CbCr made from R'G'B' or grey says which matrix and range
    it was made with: BT.2020 for its primaries, else BT.709, or BT.601 up to 1024 x 576.
    """
    stored, _ = stored_format(preset, layout)
    limited = preset.codec in ("prores_ks", "dnxhd")
    if stored.family == "rgb":
        return (
            replace(colour, matrix="rgb", range="pc", chroma_location="unknown") if layout.family == "yuv" else colour
        )
    if stored.family == layout.family:
        return replace(colour, range="tv") if limited and colour.range == "pc" else colour
    matrix = "bt709" if width > 1024 or height > 576 else "smpte170m"
    matrix = "bt2020nc" if colour.primaries == "bt2020" else matrix
    kept = colour.matrix if colour.matrix not in ("unknown", "rgb", "gbr") else matrix
    full = preset.master and colour.range != "tv"
    return replace(colour, matrix=kept, range="pc" if full else "tv")


def check_size(preset: Preset, width: int, height: int) -> None:
    """Raises SettingError where the codec does not take pictures of this size."""
    low_x, low_y = preset.min_size
    size = f"The picture is {width}x{height}."
    if width < low_x or height < low_y:
        raise SettingError(f"{preset.title} needs at least {low_x}x{low_y} pixels.", f"{size} Choose ffv1.")
    if preset.even and (width % 2 or height % 2):
        raise SettingError(f"{preset.title} needs even width and height.", f"{size} Choose ffv1 or prores_hq.")


def encoder_options(preset: Preset, width: int, height: int, pix_fmt: str) -> dict[str, str]:
    """Options of the encoder for pictures of this size. Raises SettingError where there are none."""
    options = dict(preset.options)
    if preset.codec == "ffv1":
        options["slices"] = _slices(width, height, pix_fmt, options)
    return options


def _slices(width: int, height: int, pix_fmt: str, options: Mapping[str, str]) -> str:
    """How many independently checked parts: more for large pictures, as many as the encoder takes for odd ones."""
    pixels = width * height
    wanted = 4 if pixels < 2**19 else 16 if pixels < 2**22 else 30
    counts: tuple[int, ...] = (wanted, *(c for c in _SLICE_COUNTS if c > wanted), 1)
    if format_of(pix_fmt).chroma_x == 4 and width % 4:
        # FFmpeg's encoder would cut such chroma in the middle of a sample, and lose it.
        counts = (1,)
    for count in counts:
        trial = VideoCodecContext.create("ffv1", "w")
        trial.width, trial.height, trial.pix_fmt, trial.time_base = width, height, pix_fmt, Fraction(1, 24)
        trial.options = {**options, "slices": str(count)}
        with contextlib.suppress(av.FFmpegError):
            trial.open()
            return str(count)
    raise SettingError(f"FFV1 takes no pictures of {width}x{height} pixels.", "Choose a sequence, for instance tiff.")
