"""Planted flicker: as strong as asked, the same for the same seed, and true to what it says it did."""

from __future__ import annotations

import numpy as np
import pytest

from engines.luma import luma_of
from engines.training.plant.flicker import Flicker, fade, flickering, lamp, lit
from engines.types import ColourSpec, Frame, PixelFormat
from tests.fakes import random_frame

YUV420 = PixelFormat("yuv", 8, 2, 2)


def _grey(value: int, count: int = 6) -> list[Frame]:
    planes = tuple(
        np.full(shape, code, np.uint8) for shape, code in (((48, 64), value), ((24, 32), 128), ((24, 32), 90))
    )
    return [Frame(planes, YUV420, ColourSpec())] * count


def test_it_is_as_strong_as_asked_and_tells_the_truth() -> None:
    clean = _grey(120)
    done, truth = flickering(clean, Flicker(0.05, 0.25, patches=1), seed=3)
    before = luma_of(clean[0])
    for frame, planted in zip(done, truth, strict=True):
        assert 0.05 <= abs(planted.gain - 1) <= 0.25
        assert 0.05 <= abs(planted.gamma - 1) <= 0.25
        expected = planted.gain * planted.field * before**planted.gamma
        assert np.abs(luma_of(frame) - expected).max() <= 0.5 / 219 + 1e-4


def test_the_same_seed_gives_the_same_pictures() -> None:
    clean = [random_frame(YUV420, 64, 48, seed) for seed in range(3)]
    one, two, other = (flickering(clean, Flicker(breathing=0.02), seed)[0] for seed in (1, 1, 2))
    for a, b, c in zip(one, two, other, strict=True):
        assert all(np.array_equal(p, q) for p, q in zip(a.planes, b.planes, strict=True))
        assert not np.array_equal(a.planes[0], c.planes[0])


@pytest.mark.parametrize("layout", [YUV420, PixelFormat("gray", 8), PixelFormat("rgb", 16)])
def test_light_scales_the_picture_in_every_layout(layout: PixelFormat) -> None:
    clean = [random_frame(layout, 32, 16)] * 4
    half = lit(clean, np.array([1.0, 0.5, 0.5, 0.5]))
    assert np.array_equal(half[0].planes[0], clean[0].planes[0]) or layout.family == "yuv"
    assert np.allclose(luma_of(half[1]).mean(), np.maximum(luma_of(clean[1]), 0).mean() / 2, atol=0.01)


def test_lamps_and_fades() -> None:
    assert lamp(6, 3, 2.0).tolist() == [0.5, 0.5, 0.5, 1.0, 1.0, 1.0]
    assert lamp(4, 2, 0.5).tolist() == [1.0, 1.0, 0.5, 0.5]
    assert fade(5, 1, 3, 0.5).tolist() == [1.0, 1.0, 0.75, 0.5, 0.5]
