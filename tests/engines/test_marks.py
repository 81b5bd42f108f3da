"""Marks of damage: what is found is added where nobody forbade it."""

from __future__ import annotations

import numpy as np

from engines.marks import NO_MARKS, Marks
from engines.types import Rect


def test_what_is_found_spares_protected_places_and_never_takes_paint_away() -> None:
    painted = np.zeros((4, 6), np.uint8)
    painted[0, 0] = 128
    protected = np.zeros((4, 6), bool)
    protected[:, :3] = True
    found = np.full((4, 6), 200, np.uint8)
    damage = Marks(painted, protected).found(found).damage
    assert damage is not None
    assert damage[0, 0] == 128
    assert (damage[1:, :3] == 0).all()
    assert (damage[:, 3:] == 200).all()


def test_nothing_found_leaves_the_marks_as_they_are() -> None:
    held = Marks(None, np.ones((2, 2), bool))
    assert held.found(np.full((2, 2), 255, np.uint8)) is held
    assert not NO_MARKS.any_damage
    assert NO_MARKS.nbytes == 0


def test_marks_are_cut_and_enlarged_like_their_picture() -> None:
    damage = np.arange(12, dtype=np.uint8).reshape(3, 4)
    cut = Marks(damage, damage > 5).crop(Rect(1, 1, 2, 2))
    assert cut.damage is not None
    assert cut.protected is not None
    assert cut.damage.tolist() == [[5, 6], [9, 10]]
    large = cut.enlarged(2)
    assert large.damage is not None
    assert large.damage.shape == (4, 4)
    assert large.damage[0].tolist() == [5, 5, 6, 6]
    assert cut.enlarged(1) is cut
