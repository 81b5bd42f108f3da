"""Frames, formats and rectangles."""

from __future__ import annotations

import numpy as np
import pytest

from engines.types import ColourSpec, Frame, PixelFormat, Rect
from tests.fakes import random_frame

YUV420 = PixelFormat("yuv", 8, 2, 2)


@pytest.mark.parametrize(
    ("layout", "name"),
    [
        (PixelFormat("gray", 8), "gray"),
        (PixelFormat("gray", 16), "gray16"),
        (PixelFormat("yuv", 10, 2, 1), "yuv422p10"),
        (PixelFormat("yuv", 12), "yuv444p12"),
        (PixelFormat("rgb", 16), "gbrp16"),
        (PixelFormat("rgb", 16, alpha=True, floating=True), "gbrapf16"),
        (PixelFormat("yuv", 8, 4, 1), "yuv411p"),
    ],
)
def test_names_are_ffmpegs(layout: PixelFormat, name: str) -> None:
    assert layout.name == name


def test_subsampled_sizes_round_up() -> None:
    assert YUV420.plane_size(1, 37, 23) == (19, 12)
    assert YUV420.plane_size(0, 37, 23) == (37, 23)


def test_frame_refuses_planes_of_the_wrong_size() -> None:
    planes = (np.zeros((4, 4), np.uint8), np.zeros((4, 4), np.uint8), np.zeros((2, 2), np.uint8))
    with pytest.raises(ValueError, match="plane 1"):
        Frame(planes, YUV420, ColourSpec())


def test_frame_planes_are_read_only() -> None:
    frame = random_frame(YUV420, 8, 8)
    with pytest.raises(ValueError, match="read-only"):
        frame.planes[0][0, 0] = 1


@pytest.mark.parametrize("depth", [8, 10, 12, 16])
def test_code_values_survive_float32_exactly(depth: int) -> None:
    layout = PixelFormat("gray", depth)
    every = np.arange(2**depth, dtype=layout.dtype).reshape(1, -1)
    held = Frame((every.astype(np.float32),), layout, ColourSpec())
    assert np.array_equal(held.quantised().planes[0], every)


def test_every_half_float_survives_float32_exactly() -> None:
    layout = PixelFormat("gray", 16, floating=True)
    every = np.arange(2**16, dtype=np.uint16).view(np.float16).reshape(1, -1)
    held = Frame((every.astype(np.float32),), layout, ColourSpec())
    back = held.quantised().planes[0]
    assert np.array_equal(back.view(np.uint16)[~np.isnan(every)], every.view(np.uint16)[~np.isnan(every)])


def test_quantising_rounds_and_clips() -> None:
    layout = PixelFormat("gray", 10)
    held = Frame((np.array([[-3.0, 0.5, 1.5, 511.6, 2000.0]], np.float32),), layout, ColourSpec())
    assert held.quantised().planes[0].tolist() == [[0, 0, 2, 512, 1023]]


def test_crop_cuts_chroma_with_luma() -> None:
    frame = random_frame(YUV420, 37, 23)
    cut = frame.crop(Rect(4, 2, 33, 21))
    assert np.array_equal(cut.planes[0], frame.planes[0][2:23, 4:37])
    assert np.array_equal(cut.planes[2], frame.planes[2][1:12, 2:19])


def test_crop_off_the_chroma_grid_is_refused() -> None:
    with pytest.raises(ValueError, match="chroma grid"):
        random_frame(YUV420, 8, 8).crop(Rect(1, 0, 4, 4))


def test_rect_grows_within_bounds_and_aligns_outwards() -> None:
    bounds = Rect(0, 0, 37, 23)
    assert Rect(1, 1, 3, 3).grown(4, bounds) == Rect(0, 0, 8, 8)
    assert Rect(3, 5, 33, 17).aligned(2, 2, bounds) == Rect(2, 4, 34, 18)
    assert Rect(35, 21, 2, 2).aligned(2, 2, bounds) == Rect(34, 20, 3, 3)
