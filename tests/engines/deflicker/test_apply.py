"""Corrections applied to samples: exact inverses, saturation kept, the same for a region as for the whole."""

from __future__ import annotations

import numpy as np
import pytest

from engines.deflicker.apply import LightField, corrected
from engines.deflicker.correction import Correction
from engines.deflicker.pairs import COLUMNS, ROWS, TONES
from engines.deflicker.tone import STEPS, gains, largest_change
from engines.luma import code_range, luma_of
from engines.types import ColourSpec, Frame, PixelFormat, Rect
from tests.fakes import random_frame

KNOTS = np.log(TONES.astype(np.float64))
LAYOUTS = [
    PixelFormat("gray", 8),
    PixelFormat("yuv", 8, 2, 2),
    PixelFormat("yuv", 10, 4, 1, alpha=True),
    PixelFormat("rgb", 16),
    PixelFormat("rgb", 16, alpha=True, floating=True),
]


def _correction(strength: float = 1.0, cast: tuple[float, float] = (0.01, -0.02)) -> Correction:
    blocks = np.exp(0.1 * np.random.default_rng(0).standard_normal((ROWS, COLUMNS))).astype(np.float32)
    return Correction(gains(0.2 + 0.1 * KNOTS, np.zeros(len(TONES)), strength), blocks, cast)


def test_a_gain_and_gamma_are_undone_exactly() -> None:
    usual = np.linspace(0.03, 0.9, 60)
    shown = 1.2 * usual**1.15
    table = gains(np.log(1.2) + 0.15 * KNOTS, np.zeros(len(TONES)), 1.0)
    entries = np.rint(shown * STEPS).astype(int)
    assert np.abs(shown * table[entries] / usual - 1).max() < 0.01


def test_equal_curves_change_nothing_and_strength_goes_part_of_the_way() -> None:
    own = 0.3 * np.sin(KNOTS)
    still = np.ones((1, 1), np.float32)
    assert largest_change(gains(own, own, 1.0), np.log(still)) < 1e-6
    whole, half = (gains(np.full(len(TONES), 0.2), np.zeros(len(TONES)), share) for share in (1.0, 0.5))
    assert np.allclose(half**2, whole, rtol=1e-5)
    assert np.allclose(whole[10:], np.exp(-0.2), rtol=1e-3)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_region_equals_the_same_cut_of_the_whole(layout: PixelFormat) -> None:
    frame = random_frame(layout, 75, 51, seed=4)
    field = LightField.over(_correction().blocks, 75, 51)
    whole = corrected(frame, _correction(), field)
    for region in (Rect(0, 0, 32, 20), Rect(32, 12, 43, 39), Rect(8, 4, 16, 46)):
        part = corrected(frame.crop(region), _correction(), field.cut(region))
        for a, b in zip(part.planes, whole.crop(region).planes, strict=True):
            assert np.array_equal(a, b)


def test_alpha_stays_and_black_stays_black() -> None:
    layout = PixelFormat("yuv", 8, 2, 2, alpha=True)
    planes = [np.full((16, 16), 16), np.full((8, 8), 128), np.full((8, 8), 128), np.arange(256).reshape(16, 16)]
    frame = Frame(tuple(plane.astype(np.uint8) for plane in planes), layout, ColourSpec())
    out = corrected(frame, _correction(), LightField(None)).quantised()
    assert all(np.array_equal(a, b) for a, b in zip(out.planes, frame.planes, strict=True))


def test_saturation_is_kept() -> None:
    layout = PixelFormat("yuv", 8, 1, 1)
    planes = tuple(np.full((8, 8), code, np.uint8) for code in (120, 150, 100))
    frame = Frame(planes, layout, ColourSpec())
    out = corrected(frame, _correction(cast=(0.0, 0.0)), LightField(None))
    ratio = luma_of(out) / luma_of(frame)
    assert np.allclose((out.planes[1] - 128) / 22, ratio, rtol=1e-4)
    assert np.allclose((out.planes[2] - 128) / -28, ratio, rtol=1e-4)


@pytest.mark.parametrize("family", ["yuv", "rgb"])
def test_casts_lean_chroma_by_a_share_of_luma(family: str) -> None:
    layout = PixelFormat("rgb", 32, floating=True) if family == "rgb" else PixelFormat("yuv", 16, 1, 1)
    white = code_range(layout, ColourSpec())[1]
    codes = [0.5] * 3 if family == "rgb" else [white / 2, 32768, 32768]
    frame = Frame(tuple(np.full((4, 4), c, layout.dtype) for c in codes), layout, ColourSpec(matrix="bt709"))
    steady = Correction(np.ones_like(_correction().table), np.ones((1, 1), np.float32), (0.0, 0.04))
    out = corrected(frame, steady, LightField(None))
    assert np.allclose(luma_of(out), luma_of(frame), atol=1e-4)
    if family == "rgb":
        red = (out.planes[0] - luma_of(out)) / (2 * (1 - 0.2126))
        assert np.allclose(red, 0.04 * 0.5, atol=1e-5)
    else:
        assert np.allclose((out.planes[2] - 32768) / (224 * 256), 0.04 * luma_of(frame), atol=1e-4)


def test_float_and_integer_samples_get_the_same_light() -> None:
    frame = random_frame(PixelFormat("gray", 8), 40, 30)
    as_floats = frame.with_planes((frame.planes[0].astype(np.float32),))
    a, b = (corrected(f, _correction(), LightField(None)).planes[0] for f in (frame, as_floats))
    assert np.abs(a - b).max() < 0.01
