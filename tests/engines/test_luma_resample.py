"""Code ranges and the cubic enlargement."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engines.luma import chroma_range, code_range, codes_of, luma_of, luma_weights
from engines.media.display import to_luma_grid
from engines.media.missing import black
from engines.media.resample import resample_chroma
from engines.nets.fidelity import enlarge
from engines.resample import chroma_shift, enlarge_plane
from engines.types import ColourSpec, Frame, PixelFormat
from tests.fakes import MemorySource, random_frame


@pytest.mark.parametrize(
    ("layout", "range_", "expected"),
    [
        (PixelFormat("yuv", 8, 2, 2), "unknown", (16, 235)),
        (PixelFormat("yuv", 10, 2, 1), "tv", (64, 940)),
        (PixelFormat("yuv", 8, 2, 2), "pc", (0, 255)),
        (PixelFormat("gray", 16), "unknown", (0, 65535)),
        (PixelFormat("gray", 8), "tv", (16, 235)),
        (PixelFormat("rgb", 12), "unknown", (0, 4095)),
        (PixelFormat("rgb", 16, floating=True), "unknown", (0, 1)),
    ],
)
def test_nominal_black_and_white(layout: PixelFormat, range_: str, expected: tuple[float, float]) -> None:
    assert code_range(layout, ColourSpec(range=range_)) == expected


def test_chroma_is_neutral_in_the_middle() -> None:
    assert chroma_range(PixelFormat("yuv", 10, 2, 2), ColourSpec(range="tv")) == (512, 896)


def test_luma_weights_follow_the_matrix_then_the_size() -> None:
    assert luma_weights(ColourSpec(matrix="bt2020nc"), 10, 10)[0] == pytest.approx(0.2627)
    assert luma_weights(ColourSpec(), 720, 576)[0] == pytest.approx(0.299)
    assert luma_weights(ColourSpec(), 1920, 1080)[0] == pytest.approx(0.2126)


@pytest.mark.parametrize("layout", [PixelFormat("yuv", 10, 2, 2), PixelFormat("gray", 16)])
def test_codes_come_back_from_luma(layout: PixelFormat) -> None:
    frame = random_frame(layout, 32, 16)
    assert np.array_equal(np.rint(codes_of(luma_of(frame), frame)), frame.planes[0])


@pytest.mark.parametrize("factor", [2, 4])
def test_our_cubic_is_the_networks(factor: int) -> None:
    picture = np.random.default_rng(0).random((20, 30)).astype(np.float32)
    theirs = enlarge(torch.from_numpy(picture)[None, None], factor)[0, 0].numpy()
    inside = np.s_[4 * factor : -4 * factor, 4 * factor : -4 * factor]
    assert np.abs(enlarge_plane(picture, factor)[inside] - theirs[inside]).max() < 1e-5


def test_centred_chroma_does_not_move_and_cosited_chroma_does() -> None:
    yuv420 = PixelFormat("yuv", 8, 2, 2)
    assert chroma_shift(yuv420, "center", 2) == (0.0, 0.0)
    assert chroma_shift(yuv420, "left", 2) == pytest.approx((0.125, 0.0))
    assert chroma_shift(yuv420, "bottomleft", 2) == pytest.approx((0.125, -0.125))
    assert chroma_shift(yuv420, "bottom", 2) == pytest.approx((0.0, -0.125))
    assert chroma_shift(yuv420, "topleft", 4) == pytest.approx((0.1875, 0.1875))


@pytest.mark.parametrize("location", ["left", "center", "topleft", "top", "bottomleft", "bottom", "unknown"])
def test_delivery_and_display_place_chroma_alike(location: str) -> None:
    # A vertical ramp in chroma, carried to the luma grid both ways, must describe the same slope.
    yuv420, full = PixelFormat("yuv", 16, 2, 2), PixelFormat("yuv", 16)
    chroma = np.tile(np.linspace(28000, 38000, 24, dtype=np.float32)[:, None], (1, 24))
    delivered = resample_chroma(chroma, yuv420, full, location, (48, 48))
    frame = Frame((np.full((48, 48), 30000, np.float32), chroma, chroma), yuv420, ColourSpec(chroma_location=location))
    shown = to_luma_grid(chroma, frame)
    # OpenCV interpolates on a grid of 1/32 pixel; another siting would be off by a quarter at least.
    codes_per_pixel = 10000 / 23 / 2
    assert np.abs(delivered - shown)[8:-8, 8:-8].max() < codes_per_pixel / 16


@pytest.mark.parametrize(
    ("layout", "range_", "codes"),
    [
        (PixelFormat("gray", 8), "unknown", (0,)),
        (PixelFormat("gray", 8), "tv", (16,)),
        (PixelFormat("yuv", 10, 2, 2), "tv", (64, 512, 512)),
        (PixelFormat("yuv", 8, 2, 2), "pc", (0, 128, 128)),
        (PixelFormat("rgb", 10), "tv", (64, 64, 64)),
        (PixelFormat("rgb", 16, alpha=True, floating=True), "unknown", (0, 0, 0, 1)),
    ],
)
def test_a_black_stand_in_is_nominal_black(layout: PixelFormat, range_: str, codes: tuple[int, ...]) -> None:
    info = MemorySource([random_frame(layout, 8, 8, colour=ColourSpec(range=range_))]).info
    assert tuple(float(plane.max()) for plane in black(info).planes) == codes
    assert tuple(float(plane.min()) for plane in black(info).planes) == codes
