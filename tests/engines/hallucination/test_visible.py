"""The event that the map tells the probability of."""

from __future__ import annotations

import numpy as np
import pytest

from engines.hallucination.visible import FAINTEST, local_error, visibly_wrong


def test_a_constant_error_is_its_own_local_error_and_visible_above_ten_codes() -> None:
    flat = np.full((32, 32), 0.4, dtype=np.float32)
    assert local_error(flat + np.float32(0.05), flat) == pytest.approx(0.05, abs=1e-6)
    assert not visibly_wrong(flat + np.float32(0.9 * FAINTEST), flat).any()
    assert visibly_wrong(flat + np.float32(1.1 * FAINTEST), flat).all()


def test_texture_hides_an_error_that_flat_ground_shows_but_not_its_own_absence_of_likeness() -> None:
    rng = np.random.default_rng(0)
    texture = (0.5 + 0.2 * rng.standard_normal((64, 64))).astype(np.float32)
    other = (0.5 + 0.2 * rng.standard_normal((64, 64))).astype(np.float32)
    assert visibly_wrong(texture + np.float32(0.06), texture).mean() < 0.01
    assert visibly_wrong(other, texture).mean() > 0.95
