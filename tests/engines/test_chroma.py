"""Chroma along luma: siting, no new extremes, no bleeding of what luma does not show, and noise taken out."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engines.chroma import MARGIN, chroma_noise, following, on_chroma_grid, steadied
from engines.detect.degradation import Degradation
from engines.resample import enlarge_plane
from engines.types import PixelFormat

Picture = NDArray[np.float32]

_BT601 = (0.299, 0.587, 0.114)
_420 = PixelFormat("yuv", 8, 2, 2)
_411 = PixelFormat("yuv", 8, 4, 1)


def _patches(size: int, seed: int = 2) -> tuple[Picture, Picture]:
    """Luma 0..1 and chroma -0.4..0.4 of the same discs, each colour its own, free of aliasing."""
    rng = np.random.default_rng(seed)
    big = np.zeros((size * 4, size * 4, 2), np.float32)
    big[..., 0] = 0.4
    for _ in range(40):
        x, y, r = (int(v) for v in rng.integers(0, size * 4, 3))
        shade = (float(rng.uniform(0.1, 0.9)), float(rng.uniform(-0.4, 0.4)))
        for plane, value in enumerate(shade):
            layer = np.ascontiguousarray(big[..., plane])
            cv2.circle(layer, (x, y), 10 + r // 8, value, -1)
            big[..., plane] = layer
    both = cv2.resize(big, (size, size), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(both[..., 0]), np.ascontiguousarray(both[..., 1])


def _shrunk(picture: Picture, factor: int) -> Picture:
    return np.asarray(cv2.resize(picture, None, fx=1 / factor, fy=1 / factor, interpolation=cv2.INTER_AREA))


def _error(picture: Picture, truth: Picture) -> float:
    return float(np.sqrt(np.square(picture - truth)[8:-8, 8:-8].mean()))


@pytest.mark.parametrize(
    ("location", "layout", "first"),
    [("left", _420, (0.0, 0.5)), ("center", _420, (0.5, 0.5)), ("topleft", _420, (0.0, 0.0)), ("left", _411, (0, 0))],
)
def test_luma_is_read_where_chroma_sits(location: str, layout: PixelFormat, first: tuple[float, float]) -> None:
    rows, columns = np.mgrid[0:24, 0:32].astype(np.float32)
    x, y = (on_chroma_grid(p, layout, location)[2:-2, 2:-2] for p in (columns, rows))
    assert np.allclose(x[0], first[0] + layout.chroma_x * np.arange(2, 2 + x.shape[1]), atol=1e-5)
    assert np.allclose(y[:, 0], first[1] + layout.chroma_y * np.arange(2, 2 + y.shape[0]), atol=1e-5)


def test_odd_sizes_round_up() -> None:
    assert on_chroma_grid(np.ones((33, 45), np.float32), _420, "left").shape == (17, 23)


@pytest.mark.parametrize(("factor", "least"), [(2, 0.75), (4, 0.85)])
def test_edges_that_luma_shows_are_sharper_than_the_cubic_makes_them(factor: int, least: float) -> None:
    luma, chroma = _patches(128)
    small = _shrunk(chroma, factor)
    answer = following(small, _shrunk(luma, factor), luma, factor, (0.0, 0.0))
    assert _error(answer, chroma) < least * _error(enlarge_plane(small, factor), chroma)


def test_detail_of_luma_that_chroma_does_not_share_leaves_no_colour() -> None:
    """Text and texture in luma alone: where colour is flat it stays flat, bit for bit."""
    finer = np.random.default_rng(4).random((64, 64), dtype=np.float32)
    flat = np.full((32, 32), 0.25, np.float32)
    answer = following(flat, _shrunk(finer, 2), finer, 2, (0.0, 0.0))
    assert np.abs(answer - 0.25).max() < 1e-6


def test_edges_of_colour_alone_are_the_cubic_s() -> None:
    _, chroma = _patches(64)
    grey = np.full((128, 128), 0.5, np.float32)
    answer = following(chroma, _shrunk(grey, 2), grey, 2, (0.1, 0.0))
    assert np.abs(answer - enlarge_plane(chroma, 2, (0.1, 0.0))).max() < 1e-6


def test_no_new_extremes() -> None:
    """Chroma and luma step together; luma's answer overshoots wildly, chroma stays near the two colours."""
    small = np.zeros((16, 32), np.float32)
    small[:, 16:] = 0.3
    finer = enlarge_plane(small, 2) + np.random.default_rng(1).normal(0, 1.0, (32, 64)).astype(np.float32)
    answer = following(small, small, finer, 2, (0.0, 0.0))
    assert answer.min() > -0.1
    assert answer.max() < 0.4


def test_without_noise_chroma_is_itself() -> None:
    chroma, luma = (np.random.default_rng(n).random((20, 30), dtype=np.float32) for n in (0, 1))
    assert steadied(chroma, luma, 0.0) is chroma


def test_nothing_told_is_no_noise() -> None:
    assert chroma_noise(Degradation(0.0, 0.0), _BT601, _420, "left") == (0.0, 0.0)


@pytest.mark.parametrize("layout", [PixelFormat("yuv", 8), _420, _411])
def test_noise_of_chroma_is_that_of_equal_noise_in_red_green_and_blue(layout: PixelFormat) -> None:
    red, green, blue = np.random.default_rng(8).normal(0, 0.05, (3, 512, 512))
    luma = _BT601[0] * red + _BT601[1] * green + _BT601[2] * blue
    told = Degradation(float(luma.std()), 0.0)
    planes = (blue - luma) / (2 * (1 - _BT601[2])), (red - luma) / (2 * (1 - _BT601[0]))
    for sigma, plane in zip(chroma_noise(told, _BT601, layout, "left"), planes, strict=True):
        assert sigma == pytest.approx(float(on_chroma_grid(plane.astype(np.float32), layout, "left").std()), rel=0.03)


def test_a_quantiser_leaves_no_more_than_its_own_rounding() -> None:
    found = [chroma_noise(Degradation(0.0, step), _BT601, _420, "left")[0] * 255 for step in (1.0, 20.0, 53.0)]
    assert found == pytest.approx([1 / np.sqrt(12), 2.01, 3.28], abs=0.01)


def test_noise_goes_and_edges_of_colour_stay() -> None:
    """Also at edges that luma does not show."""
    luma, chroma = _patches(96)
    noisy = chroma + np.random.default_rng(6).normal(0, 0.02, chroma.shape).astype(np.float32)
    assert _error(steadied(noisy, luma, 0.02), chroma) < 0.5 * _error(noisy, chroma)
    grey = np.full_like(luma, 0.5)
    assert _error(steadied(noisy, grey, 0.02), chroma) < 0.75 * _error(noisy, chroma)


def test_the_margin_is_enough() -> None:
    """A cut with MARGIN around it gives what the whole gives."""
    rng = np.random.default_rng(9)
    chroma, luma = rng.random((2, 60, 70), dtype=np.float32)
    finer = rng.random((120, 140), dtype=np.float32)

    def run(cut: tuple[slice, slice]) -> Picture:
        fine = tuple(slice(2 * s.start, 2 * s.stop) for s in cut)
        calm = steadied(chroma[cut].copy(), luma[cut].copy(), 0.2)
        return following(calm, luma[cut].copy(), finer[fine].copy(), 2, (0.125, 0.0))

    whole = run((slice(0, 60), slice(0, 70)))
    part = run((slice(20 - MARGIN, 30 + MARGIN), slice(25 - MARGIN, 40 + MARGIN)))
    edge = 2 * MARGIN
    assert np.abs(part[edge:-edge, edge:-edge] - whole[40:60, 50:80]).max() < 2e-6
