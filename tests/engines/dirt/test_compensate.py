"""Neighbours moved onto a frame."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.dirt.compensate import chained, eight_bit, levelled, motion, moved, sight, sight_factor
from engines.dirt.evidence import Evidence, gathered, rank_order


def _texture(shift: int = 0, height: int = 120, width: int = 160) -> NDArray[np.uint8]:
    rng = np.random.default_rng(4)
    wide = cv2.GaussianBlur(rng.random((height, width + 40)).astype(np.float32), (0, 0), 2.0)
    return eight_bit(np.clip((wide[:, 20 - shift : 20 - shift + width] - 0.5) * 4 + 0.5, 0, 1))


def test_eight_bits_end_at_black_and_white() -> None:
    assert eight_bit(np.array([[-0.5, 0.0, 0.5, 1.0, 1.5]], np.float32)).tolist() == [[0, 0, 128, 255, 255]]


def test_large_pictures_are_matched_reduced() -> None:
    assert sight_factor(576, 720) == 1
    assert sight_factor(1080, 1920) == 3
    assert sight(np.zeros((1081, 1921), np.uint8), 3).shape == (361, 641)


def test_a_moved_picture_comes_back() -> None:
    here, there = _texture(), _texture(5)
    for factor in (1, 2):
        flow = motion(sight(here, factor), sight(there, factor))
        back = moved(there, flow, here, fine=True)
        inside = np.s_[12:-12, 12:-12]
        before = np.abs(there[inside].astype(int) - here[inside]).mean()
        assert np.abs(back[inside].astype(int) - here[inside]).mean() < 0.15 * before


def test_what_lies_outside_is_taken_as_it_is() -> None:
    here, there = np.full((40, 50), 30, np.uint8), np.full((40, 50), 200, np.uint8)
    flow = np.zeros((40, 50, 2), np.float32)
    flow[..., 0] = 10.0
    for fine in (True, False):
        back = moved(there, flow, here, fine=fine)
        assert (back[:, 44:] == 30).all()
        assert (back[:, :39] == 200).all()


def test_two_steps_make_one() -> None:
    a, b, c = (sight(_texture(shift), 1) for shift in (0, 4, 8))
    inside = np.s_[20:-20, 20:-20]
    assert abs(float(chained(motion(a, b), motion(b, c))[inside][..., 0].mean()) - 8.0) < 0.3


def test_pictures_too_small_to_match_stand_still() -> None:
    tiny = np.zeros((5, 3), np.uint8)
    assert not motion(tiny, tiny).any()


def test_light_is_levelled_and_a_blotch_is_not() -> None:
    picture = _texture()
    darker = np.asarray(picture.astype(np.float32) * 0.8, np.uint8)
    darker[50:65, 70:85] = 255
    level = levelled(darker, picture).astype(int)
    rest = np.ones(picture.shape, bool)
    rest[46:69, 66:89] = False
    assert np.abs(level - picture)[rest].mean() < 0.6 * np.abs(darker.astype(int) - picture)[rest].mean()
    assert (level - picture)[52:63, 72:83].mean() > 60


def test_equal_light_is_left_alone() -> None:
    picture = _texture()
    assert levelled(picture, picture) is picture


def test_rank_order_sees_what_no_neighbour_shows() -> None:
    clean = _texture()
    dirty = clean.copy()
    dirty[40:44, 60:64], dirty[80:84, 100:104] = 255, 0
    evidence = gathered(dirty, (-1, 1, -2, 2), lambda _: clean, lambda _a, _b: np.zeros((*clean.shape, 2), np.float32))
    rank = rank_order(evidence)
    assert rank[40:44, 60:64].min() > 20
    assert rank[80:84, 100:104].max() < -20
    rank[40:44, 60:64], rank[80:84, 100:104] = 0, 0
    assert not rank.any()
    assert evidence.nbytes == 5 * clean.nbytes


def test_a_speck_in_a_neighbour_is_none_here() -> None:
    clean = _texture()
    other = clean.copy()
    other[40:44, 60:64] = 255
    assert not rank_order(Evidence(clean, np.stack((other, clean, clean, clean)))).any()
