"""Grain made for a repair is as strong and as clumped as the grain around it."""

from __future__ import annotations

import numpy as np
import pytest

from engines.repair.grain import like_surroundings
from engines.training.plant.grain import FilmGrain, grain_field


def _neighbour(field: np.ndarray) -> float:
    return float((field[:, 1:] * field[:, :-1]).mean() / field.var())


@pytest.mark.parametrize("size", [0.8, 2.0, 3.0])
@pytest.mark.parametrize("side", [64, 128, 256])
def test_strength_and_clumps_of_the_surroundings(size: float, side: int) -> None:
    y, x = np.mgrid[:side, :side].astype(np.float32) / side
    smooth = 0.35 + 0.3 * x * y
    grain = grain_field(smooth.astype(np.float32), FilmGrain(size, 6.0), np.random.default_rng(4))
    known = np.ones((side, side), bool)
    known[side // 2 : side // 2 + 16, side // 2 : side // 2 + 16] = False
    plane = ((smooth + grain) * 219 + 16).astype(np.float32)
    made = like_surroundings(plane, known, (1, 2))
    # Small windows hold few clumps: what they tell is less sure.
    room = 0.12 if side >= 128 else 0.25
    assert made.std() == pytest.approx(grain.std() * 219, rel=room)
    assert _neighbour(made) == pytest.approx(_neighbour(grain), abs=0.1 if side >= 128 else 0.2)


def test_the_same_seed_gives_the_same_and_nothing_known_gives_nothing() -> None:
    plane = np.random.default_rng(1).normal(100, 5, (64, 64)).astype(np.float32)
    known = np.ones((64, 64), bool)
    assert np.array_equal(like_surroundings(plane, known, (3,)), like_surroundings(plane, known, (3,)))
    assert not like_surroundings(plane, ~known, (3,)).any()
    assert not like_surroundings(np.full((64, 64), 7, np.float32), known, (3,)).any()
