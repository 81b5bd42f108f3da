"""Moving examples: neighbours' means that are nearer to the truth than the frame, seeded, cut alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engines.training.temporal_set import draw_moments, moments
from tests.clips import write_clip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("moving")
    write_clip(place / "a.mkv", width=96, height=64, frames=12)
    return place


def test_examples_repeat_with_their_seed_and_know_more_than_the_frame(folder: Path) -> None:
    found, again = list(moments(folder, 3)), list(moments(folder, 3))
    assert len(found) >= 2
    for one, other in zip(found, again, strict=True):
        np.testing.assert_array_equal(one.mean, other.mean)
        assert one.truth.shape == tuple(side * one.scale for side in one.own.shape)
        assert 0 < float(one.share.max()) <= 1


def test_patches_of_all_planes_lie_in_the_same_place(folder: Path) -> None:
    held = list(moments(folder, 3))
    luma, extra, truth, condition, scale = draw_moments(held, 3, 24, np.random.default_rng(0))
    side = luma.shape[-1]
    assert luma.shape == (3, 1, side, side)
    assert extra.shape == (3, 2, side, side)
    assert truth.shape == (3, 1, side * scale, side * scale)
    assert condition.shape == (3, 2)
    small = truth.reshape(3, side, scale, side, scale).mean(dim=(2, 4))
    assert float((small - luma[:, 0]).abs().mean()) < 0.2
