import numpy as np
import pytest

from engines.benchmark.filters import LumaFilter
from engines.errors import SettingError
from engines.types import ColourSpec, Frame, PixelFormat

YUV = PixelFormat("yuv", 8, 2, 2)


def noisy_frame(width: int, height: int) -> Frame:
    rng = np.random.default_rng(3)
    luma = np.clip(np.rint(120 + 12 * rng.standard_normal((height, width))), 0, 255).astype(np.uint8)
    chroma = rng.integers(0, 255, (2, height // 2, width // 2)).astype(np.uint8)
    return Frame((luma, chroma[0].copy(), chroma[1].copy()), YUV, ColourSpec(range="tv"))


def test_a_filter_treats_luma_only_and_picture_by_picture() -> None:
    denoise = LumaFilter("nlmeans", "s=12")
    frame = noisy_frame(96, 64)
    first, second = denoise(frame), denoise(frame)
    assert float(first.planes[0].std()) < 0.6 * float(frame.planes[0].std())
    np.testing.assert_array_equal(first.planes[0], second.planes[0])
    np.testing.assert_array_equal(first.planes[1], frame.planes[1])
    # Another size needs another graph.
    assert denoise(noisy_frame(64, 96)).height == 96


def test_a_missing_filter_says_so() -> None:
    with pytest.raises(SettingError, match="built without no_such_filter"):
        LumaFilter("no_such_filter", "")
