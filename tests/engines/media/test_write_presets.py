"""Choice of preset and of what is stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from engines.errors import SettingError
from engines.media.planes import format_of
from engines.media.presets import PRESETS, check_size, choose_preset, encoder_options, stored_colour, stored_format
from engines.types import ColourSpec


@pytest.mark.parametrize(
    ("out", "name", "layout", "chosen"),
    [
        ("a.mkv", None, "yuv420p", "ffv1"),
        ("a.mov", None, "yuv422p10le", "prores_hq"),
        ("a.mov", None, "gbrp10le", "prores_4444"),
        ("a.MP4", None, "yuv420p", "h264"),
        ("a_%06d.tiff", None, "gbrp16le", "tiff"),
        ("stills", None, "gbrp10le", "dpx"),
        ("stills", None, "gbrpf16le", "exr"),
        ("a.mov", "dnxhr_hqx", "yuv422p10le", "dnxhr_hqx"),
        ("stills", "png", "yuv420p", "png"),
        ("a.mp4", "hevc", "yuv420p", "hevc"),
    ],
)
def test_choice(out: str, name: str | None, layout: str, chosen: str) -> None:
    assert choose_preset(Path(out), name, format_of(layout)).name == chosen


@pytest.mark.parametrize(
    ("out", "name", "said"),
    [
        ("a.mkv", "vhs", "Known presets: ffv1"),
        ("a.avi", None, "'.avi'"),
        ("a.mov", "ffv1", "ends in .mkv"),
        ("folder", "ffv1", "ends in .mkv"),
    ],
)
def test_refusals(out: str, name: str | None, said: str) -> None:
    with pytest.raises(SettingError, match=said.replace(".", r"\.")):
        choose_preset(Path(out), name, format_of("yuv420p"))


def test_h264_in_quicktime() -> None:
    chosen = choose_preset(Path("a.mov"), "h264", format_of("yuv420p"))
    assert (chosen.container, chosen.suffix) == ("mov", ".mov")


@pytest.mark.parametrize(
    ("preset", "layout", "stored"),
    [
        ("ffv1", "yuv422p10le", "yuv422p10le"),
        ("ffv1", "rgb48be", "gbrp16le"),
        ("ffv1", "rgb24", "bgr0"),
        ("ffv1", "ya16le", "gbrap16le"),
        ("prores_hq", "yuv420p", "yuv422p10le"),
        ("prores_hq", "gray", "yuv422p10le"),
        ("prores_4444", "gbrap10le", "yuva444p10le"),
        ("prores_4444", "yuv422p10le", "yuv444p10le"),
        ("dnxhr_444", "gbrp10le", "gbrp10le"),
        ("h264", "yuv444p12le", "yuv420p"),
        ("hevc", "yuv420p", "yuv420p"),
        ("hevc", "gray16le", "yuv420p10le"),
        ("dpx", "gbrp10le", "gbrp10le"),
        ("dpx", "yuv422p", "gbrp10le"),
        ("dpx", "gbrp14le", "rgb48be"),
        ("png", "gray10le", "gray16be"),
        ("tiff", "yuv420p10le", "rgb48le"),
        ("exr", "gbrpf32le", "gbrpf32le"),
        ("exr", "gbrp10le", "gbrpf16le"),
        ("exr", "gray12le", "grayf32le"),
    ],
)
def test_stored(preset: str, layout: str, stored: str) -> None:
    assert stored_format(PRESETS[preset], format_of(layout)) == (format_of(stored), stored)


@pytest.mark.parametrize("name", [name for name, p in PRESETS.items() if p.kind == "container" and name != "ffv1_half"])
def test_floats_only_in_exr(name: str) -> None:
    with pytest.raises(SettingError, match="Choose exr"):
        stored_format(PRESETS[name], format_of("gbrpf16le"))


def test_alpha_is_never_dropped() -> None:
    with pytest.raises(SettingError, match="Choose prores_4444"):
        stored_format(PRESETS["prores_hq"], format_of("yuva444p10le"))


@pytest.mark.parametrize(
    ("preset", "size", "said"),
    [("dnxhr_hqx", (128, 120), "256x120"), ("h264", (175, 144), "even width"), ("hevc", (48, 64), "64x64")],
)
def test_sizes(preset: str, size: tuple[int, int], said: str) -> None:
    with pytest.raises(SettingError, match=said):
        check_size(PRESETS[preset], *size)
    check_size(PRESETS["ffv1"], *size)


@pytest.mark.parametrize(("size", "slices"), [((720, 576), "4"), ((1920, 1080), "16"), ((4096, 3112), "30")])
def test_slices(size: tuple[int, int], slices: str) -> None:
    assert encoder_options(PRESETS["ffv1"], *size, "yuv422p10le")["slices"] == slices


def test_stored_colour() -> None:
    full = ColourSpec(range="pc", matrix="bt709", chroma_location="left")
    yuv, rgb = format_of("yuv422p10le"), format_of("gbrp10le")
    assert stored_colour(PRESETS["ffv1"], yuv, full, 1920, 1080) is full
    assert stored_colour(PRESETS["prores_hq"], yuv, full, 1920, 1080).range == "tv"
    assert stored_colour(PRESETS["h264"], rgb, ColourSpec(), 720, 576) == ColourSpec("tv", "smpte170m")
    assert stored_colour(PRESETS["png"], yuv, full, 1920, 1080) == ColourSpec("pc", "rgb")
