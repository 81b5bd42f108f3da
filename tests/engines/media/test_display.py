"""Display pictures against the textbook formulas in float64."""

from __future__ import annotations

import numpy as np
import pytest

from engines.media.display import to_rgb8
from engines.types import ColourSpec, Frame, PixelFormat
from tests.fakes import random_frame

_709 = ColourSpec("tv", "bt709", "bt709", "bt709", "left")


def _flat(
    layout: PixelFormat, values: tuple[float, ...], colour: ColourSpec, width: int = 16, height: int = 12
) -> Frame:
    planes = []
    for index, value in enumerate(values):
        w, h = layout.plane_size(index, width, height)
        planes.append(np.full((h, w), value, dtype=layout.dtype))
    return Frame(tuple(planes), layout, colour)


@pytest.mark.parametrize("depth", [8, 10, 12, 16])
@pytest.mark.parametrize(("x", "y"), [(1, 1), (2, 1), (2, 2), (4, 1)])
def test_black_white_and_grey_of_limited_range(depth: int, x: int, y: int) -> None:
    layout, step = PixelFormat("yuv", depth, x, y), 2.0 ** (depth - 8)
    for luma, expected in ((16, 0), (235, 255), (125.5, 128), (4, 0), (250, 255)):
        picture = to_rgb8(_flat(layout, (luma * step, 128 * step, 128 * step), _709))
        assert picture.shape == (12, 16, 3)
        assert picture.dtype == np.uint8
        assert np.abs(picture.astype(int) - expected).max() <= 1


@pytest.mark.parametrize(("matrix", "kr", "kb"), [("bt709", 0.2126, 0.0722), ("smpte170m", 0.299, 0.114)])
@pytest.mark.parametrize("depth", [8, 10])
@pytest.mark.parametrize("full", [False, True])
def test_matrix_and_range_give_back_the_rgb_they_were_made_of(
    matrix: str, kr: float, kb: float, depth: int, full: bool
) -> None:
    rng = np.random.default_rng(1)
    rgb = rng.random((24, 32, 3))
    luma = rgb @ (kr, 1 - kr - kb, kb)
    cb, cr = (rgb[..., 2] - luma) / (2 * (1 - kb)), (rgb[..., 0] - luma) / (2 * (1 - kr))
    peak, step = 2**depth - 1, 2 ** (depth - 8)
    scale, zero, chroma = (peak, 0, peak) if full else (219 * step, 16 * step, 224 * step)
    planes = (luma * scale + zero, cb * chroma + 128 * step, cr * chroma + 128 * step)
    layout = PixelFormat("yuv", depth)
    colour = ColourSpec("pc" if full else "tv", matrix)
    coded = tuple(np.clip(np.rint(p), 0, peak).astype(layout.dtype) for p in planes)
    found = to_rgb8(Frame(coded, layout, colour)).astype(float)
    assert np.abs(found - rgb * 255).max() < (3.0 if depth == 8 else 1.3)


def test_float_code_values_show_like_native_samples() -> None:
    frame = random_frame(PixelFormat("yuv", 10, 2, 2), 33, 17, colour=_709)
    floats = frame.with_planes(tuple(p.astype(np.float32) for p in frame.planes))
    assert np.abs(to_rgb8(frame).astype(int) - to_rgb8(floats).astype(int)).max() <= 2


def test_a_chroma_ramp_is_sited_left() -> None:
    layout = PixelFormat("yuv", 8, 2, 1)
    luma = np.full((4, 64), 120, dtype=np.uint8)
    # Chroma sample i sits at luma column 2 i: a ramp there is the same ramp in between.
    chroma = np.tile(np.arange(64, 192, 4, dtype=np.uint8), (4, 1))
    neutral = np.full((4, 32), 128, dtype=np.uint8)
    red = to_rgb8(Frame((luma, neutral, chroma), layout, _709))[1, :62, 0].astype(float)
    expected = 255 / 219 * (120 - 16) + 2 * (1 - 0.2126) * 255 / 224 * (64 + 2 * np.arange(62) - 128)
    assert np.abs(red - np.clip(expected, 0, 255)).max() <= 1.5


def test_linear_light_gets_the_srgb_curve() -> None:
    light = np.array([[-0.5, 0.0, 0.002, 0.18, 0.5, 1.0, 7.0, np.nan]], dtype=np.float32)
    frame = Frame((light, light.copy(), light.copy()), PixelFormat("rgb", 32, floating=True), ColourSpec())
    assert to_rgb8(frame)[0, :, 0].tolist() == pytest.approx([0, 0, 7, 118, 188, 255, 255, 0], abs=1)
    coded = Frame(frame.planes, frame.format, ColourSpec(transfer="bt709"))
    assert to_rgb8(coded)[0, 4].tolist() == [128, 128, 128]


def test_alpha_lies_over_black() -> None:
    rgb = _flat(PixelFormat("rgb", 16, alpha=True), (65535, 32768, 0, 32768), ColourSpec())
    assert np.abs(to_rgb8(rgb)[0, 0].astype(int) - (128, 64, 0)).max() <= 1
    # Associated alpha: OpenEXR's colour is multiplied already.
    layout = PixelFormat("rgb", 32, alpha=True, floating=True)
    assert to_rgb8(_flat(layout, (1.0, 1.0, 1.0, 0.5), ColourSpec()))[0, 0].tolist() == [255, 255, 255]


def test_grey_and_rgb_of_full_range_are_kept_exactly() -> None:
    grey = random_frame(PixelFormat("gray", 8), 20, 9)
    assert np.array_equal(to_rgb8(grey), np.dstack([grey.planes[0]] * 3))
    rgb = random_frame(PixelFormat("rgb", 8), 20, 9)
    assert np.array_equal(to_rgb8(rgb), np.dstack(rgb.planes))
