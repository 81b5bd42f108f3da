"""Every code of every format, matrix, range and depth comes back: through float, through light, through a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engines.benchmark.colour.identity import (
    colours_of,
    picture,
    through_file,
    through_float,
    through_layout,
    through_light,
)
from engines.media.planes import format_of
from engines.media.presets import PRESETS
from engines.types import ColourSpec, PixelFormat

LAYOUTS = sorted({format_of(name) for preset in PRESETS.values() for name in preset.formats}, key=lambda one: one.name)
SMALL = (48, 16)
FILES = [("ffv1", "yuv420p"), ("ffv1", "yuv422p10le"), ("ffv1", "yuv444p16le"), ("ffv1", "gbrp16le"), ("ffv1", "gray"),
         ("dpx", "rgb24"), ("dpx", "gbrp10le"), ("dpx", "gbrp12le"), ("dpx", "rgb48be"), ("tiff", "rgb48le"),
         ("png", "rgb48be"), ("exr", "gbrpf16le"), ("exr", "gbrpf32le")]  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda one: one.name)
def test_every_code_comes_back_through_float_and_light(layout: PixelFormat) -> None:
    for colour in colours_of(layout):
        frame = picture(layout, colour, SMALL)
        assert through_float(frame) < 0.02, colour
        assert through_light(frame) < 0.1, colour


@pytest.mark.parametrize(("preset", "name"), FILES)
def test_every_sample_passes_through_a_file(preset: str, name: str, tmp_path: Path) -> None:
    for colour in list(colours_of(format_of(name)))[:4]:
        assert through_file(picture(format_of(name), colour, SMALL), PRESETS[preset], tmp_path) == 0.0


@pytest.mark.parametrize(
    ("preset", "name"), [("prores_hq", "yuv422p"), ("prores_4444", "yuv444p"), ("hevc", "yuv420p")]
)
def test_codes_of_lesser_depth_pass_through_the_layouts_of_lossy_formats(preset: str, name: str) -> None:
    for colour in colours_of(format_of(name)):
        if colour.range == "tv":
            assert through_layout(picture(format_of(name), colour, SMALL), PRESETS[preset]) == 0.0


def test_pictures_hold_the_extremes() -> None:
    frame = picture(PixelFormat("yuv", 10, 2, 2), ColourSpec("tv", "bt709"), SMALL)
    assert all((plane.min(), plane.max()) == (0, 1023) for plane in frame.planes)
    assert {64, 940, 512} <= set(frame.planes[0][-1].tolist())
    light = picture(PixelFormat("rgb", 16, floating=True), ColourSpec("pc", "rgb"), SMALL)
    assert light.planes[0].min() < -1
    assert light.planes[0].max() > 10
    assert not np.array_equal(light.planes[0], light.planes[1])
