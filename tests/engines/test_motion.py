"""Motion found on known movements, what covering does to it, and exact warps."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engines.luma import Luma
from engines.motion import flow_between, flow_for_plane, lands_inside, round_trip_error, steadied, warp


def _texture(height: int, width: int, seed: int = 1) -> Luma:
    noise = np.random.default_rng(seed).standard_normal((height, width)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 2.0)
    return np.asarray(0.5 + 0.15 * smooth / smooth.std(), np.float32)


@pytest.mark.parametrize("size", [(120, 160), (840, 900)])
def test_a_shift_is_found_at_any_size(size: tuple[int, int]) -> None:
    big = _texture(size[0] + 16, size[1] + 16)
    a, b = big[8:-8, 8:-8], big[5:-11, 13:-3]
    flow = flow_between(np.ascontiguousarray(a), np.ascontiguousarray(b))
    inner = flow[16:-16, 16:-16]
    np.testing.assert_allclose(np.median(inner, axis=(0, 1)), (-5.0, 3.0), atol=0.1)
    assert np.mean(np.abs(warp(b, flow) - a)[16:-16, 16:-16]) < 0.01


def test_dark_pictures_match_like_bright_ones() -> None:
    big = _texture(96, 128)
    dark = np.asarray(0.05 + 0.2 * (big - 0.5), np.float32)
    flow = flow_between(np.ascontiguousarray(dark[:, :-4]), np.ascontiguousarray(dark[:, 4:]))
    assert np.median(flow[16:-16, 16:-16, 0]) == pytest.approx(-4.0, abs=0.15)


def test_tiny_pictures_stand_still() -> None:
    assert not flow_between(_texture(8, 40), _texture(8, 40, 2)).any()


def test_flow_repeats_exactly() -> None:
    a, b = _texture(90, 110), _texture(90, 110, 2)
    np.testing.assert_array_equal(flow_between(a, b), flow_between(a, b))


def test_what_gets_covered_misses_its_way_back() -> None:
    a = _texture(128, 160)
    b = a.copy()
    b[40:90, 60:110] = _texture(50, 50, 9)
    error = round_trip_error(flow_between(a, b), flow_between(b, a))
    covered = np.zeros(a.shape, np.bool_)
    covered[45:85, 65:105] = True
    assert np.mean(error[covered] > 0.5) > 0.5
    assert np.mean(error[100:, :50] > 0.5) < 0.02


def test_stillness_wins_where_it_explains_as_much() -> None:
    a = _texture(64, 64)
    wobble = np.full((64, 64, 2), 0.1, np.float32)
    known = np.ones((64, 64), np.float32)
    assert not steadied(a, a, wobble, known).any()
    moved = np.roll(a, 3, axis=1)
    real = np.zeros((64, 64, 2), np.float32)
    real[..., 0] = 3.0
    assert np.mean(steadied(a, moved, real, known)[8:-8, 8:-8, 0] == 3.0) > 0.99


def test_whole_pixel_warps_keep_samples_exactly() -> None:
    plane = np.random.default_rng(3).integers(0, 65536, (40, 50)).astype(np.uint16)
    flow = np.zeros((10, 12, 2), np.float32)
    flow[...] = (4.0, -2.0)
    np.testing.assert_array_equal(warp(plane, flow, origin=(8, 16)), plane[14:24, 12:24].astype(np.float32))


def test_targets_outside_are_known() -> None:
    flow = np.zeros((4, 6, 2), np.float32)
    flow[..., 0] = 3.0
    assert lands_inside(flow, 6, 4).sum(axis=1).tolist() == [3] * 4
    assert lands_inside(flow, 20, 20, origin=(10, 15.5)).sum(axis=0).tolist() == [4] * 6


def test_chroma_planes_move_by_their_own_pixels() -> None:
    flow = np.zeros((5, 7, 2), np.float32)
    flow[...] = (4.0, 6.0)
    small = flow_for_plane(flow, 2, 2)
    assert small.shape == (3, 4, 2)
    np.testing.assert_array_equal(small[..., 0], 2.0)
    np.testing.assert_array_equal(small[..., 1], 3.0)
