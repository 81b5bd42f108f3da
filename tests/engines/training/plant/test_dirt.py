"""Planted dirt: known to the pixel, seeded, visible; and what only looks like it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.training.plant.dirt import VISIBLE, DirtReach, Spot, covered, load_mattes, planted, spots
from engines.training.plant.dirt_decoys import decoys
from engines.types import ColourSpec, Frame, PixelFormat


def _frame(depth: int = 8) -> Frame:
    layout = PixelFormat("yuv", depth, 2, 2)
    luma = np.full((90, 120), 110 << (depth - 8), layout.dtype)
    chroma = np.full((45, 60), 90 << (depth - 8), layout.dtype)
    return Frame((luma, chroma, chroma.copy()), layout, ColourSpec())


@pytest.mark.parametrize("depth", [8, 10])
def test_only_what_is_said_to_change_changes(depth: int) -> None:
    frame = _frame(depth)
    dirty, changed = planted(frame, np.random.default_rng(1), (), DirtReach(spots=(60, 60)))
    differs = dirty.planes[0] != frame.planes[0]
    assert differs.any()
    assert np.array_equal(differs, changed > 0)
    assert (changed >= VISIBLE).any()
    assert dirty.planes[0].dtype == frame.planes[0].dtype


def test_the_same_seed_plants_the_same() -> None:
    one, other, third = (planted(_frame(), np.random.default_rng(seed), ())[0] for seed in (3, 3, 4))
    assert np.array_equal(one.planes[0], other.planes[0])
    assert not np.array_equal(one.planes[0], third.planes[0])


def test_dirt_is_grey() -> None:
    dirty, _ = planted(
        _frame(), np.random.default_rng(2), (), DirtReach(spots=(80, 80), opacity=(1, 1), diameter=(20, 30))
    )
    assert int(dirty.planes[1].max()) == 128


def test_spots_can_be_seen_and_keep_their_size() -> None:
    luma = np.full((200, 200), 0.95, np.float32)
    reach = DirtReach(spots=(200, 200), diameter=(4, 12), opacity=(0.3, 1), drawn=1.0)
    found = list(spots(luma, np.random.default_rng(5), (), reach))
    assert len(found) > 20
    for spot in found:
        assert abs(spot.tone - 0.95) * spot.cover.max() * 255 > 15
        assert max(cv2.boundingRect((spot.cover > 0.1).view(np.uint8))[2:]) <= 24


def test_layers_lie_over_each_other() -> None:
    whole, half = np.ones((4, 4), np.float32), np.full((4, 4), 0.5, np.float32)
    cover, tone = covered(10, 10, (Spot(whole, 2, 2, 1.0), Spot(half, 2, 2, 0.0), Spot(half, -2, 8, 0.2)))
    assert cover[3, 3] == 1.0
    assert tone[3, 3] == pytest.approx(0.5)
    assert cover[9, 1] == 0.5
    assert cover[9, 3] == 0.0


def test_mattes_for_judging_are_others(tmp_path: Path) -> None:
    (tmp_path / "hair").mkdir()
    for number in range(24):
        matte = np.zeros((40, 40), np.uint8)
        matte[10 : 12 + number, 20] = 255
        cv2.imwrite(str(tmp_path / "hair" / f"hair-{number}.png"), matte)
    learning, judging = (load_mattes(tmp_path, judging=judging) for judging in (False, True))
    assert len(learning) + len(judging) == 24
    assert learning
    assert judging
    assert {m.cover.shape for m in learning}.isdisjoint(m.cover.shape for m in judging)
    assert {(m.kind, m.cover.shape[1]) for m in learning} == {("hair", 1)}
    assert load_mattes(tmp_path / "none", judging=True) == ()


def test_decoys_are_in_more_than_one_frame() -> None:
    still = [np.full((80, 100), 100.0, np.float32) for _ in range(8)]
    drawn = [decoys(still, np.random.default_rng(seed)) for seed in range(12)]
    touched = [sum(bool((a != b).any()) for a, b in zip(one, still, strict=True)) for one in drawn]
    assert 0 in touched, "some clips stay as they are"
    assert max(touched) == 8
    assert all(picture.min() >= 0 and picture.max() <= 256 for one in drawn for picture in one)
