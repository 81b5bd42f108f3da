"""Planted obstructions: as much as asked, apart from each other, the same again, and nothing else touched."""

from __future__ import annotations

import cv2
import numpy as np

from engines.training.plant.obscure import KINDS, obscured, painted
from engines.types import ColourSpec, Frame, PixelFormat
from tests.fakes import random_frame

LAYOUT = PixelFormat("yuv", 8, 2, 2)


def _frame(seed: int) -> Frame:
    return random_frame(LAYOUT, 320, 240, seed, ColourSpec("tv"))


def test_a_share_of_every_kind_is_obscured_in_separate_pieces() -> None:
    what = obscured(_frame(0), _frame(1), 0.10, seed=3)
    assert 0.09 < what.mask.mean() < 0.14
    assert set(what.kinds) == set(KINDS)
    for kind in KINDS:
        area = sum(int(mask.sum()) for k, mask in what.pieces() if k == kind)
        assert area > 0.01 * what.mask.size
    near = cv2.dilate(what.labels.astype(np.float32), np.ones((7, 7)))
    assert (near[what.mask] == what.labels[what.mask]).all()


def test_the_same_seed_gives_the_same_and_another_does_not() -> None:
    first, again, other = (obscured(_frame(0), _frame(1), 0.05, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.labels, again.labels)
    assert (first.labels != other.labels).any()


def test_paint_covers_the_pieces_and_nothing_else() -> None:
    frame = _frame(0)
    what = obscured(frame, _frame(1), 0.05, seed=1)
    covered = painted(frame, what, seed=1)
    np.testing.assert_array_equal(covered.planes[0][~what.mask], frame.planes[0][~what.mask])
    assert (covered.planes[0][what.mask] != frame.planes[0][what.mask]).mean() > 0.95
    cells = what.mask.reshape(120, 2, 160, 2).any(axis=(1, 3))
    for before, after in zip(frame.planes[1:], covered.planes[1:], strict=True):
        assert (after[cells] == 128).all()
        np.testing.assert_array_equal(after[~cells], before[~cells])


def test_covers_go_where_something_moves() -> None:
    still = np.full((240, 320), 60, np.uint8)
    busy = still.copy()
    busy[150:200, 200:260] = np.random.default_rng(0).integers(40, 200, (50, 60))
    moved = np.roll(busy, 4, axis=1)
    grey = PixelFormat("gray", 8)
    first, following = (Frame((p,), grey, ColourSpec()) for p in (busy, moved))
    what = obscured(first, following, 0.08, seed=0)
    covers = np.zeros_like(what.mask)
    for kind, mask in what.pieces():
        if kind == "cover":
            covers |= mask
    assert covers[120:230, 170:290].sum() > 0.8 * covers.sum()
