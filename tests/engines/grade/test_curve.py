"""Curves pass through their points, never overshoot, and go straight on."""

from __future__ import annotations

import numpy as np
import pytest

from engines.grade.curve import STRAIGHT, Curve

AT = np.linspace(-0.5, 1.5, 2001)


def test_no_points_and_points_on_the_line_change_nothing() -> None:
    assert STRAIGHT.neutral
    assert Curve(((0.0, 0.0), (0.3, 0.3), (1.0, 1.0))).neutral
    np.testing.assert_array_equal(STRAIGHT(AT), AT)


@pytest.mark.parametrize("seed", range(20))
def test_rising_points_give_a_rising_curve_through_them(seed: int) -> None:
    noise = np.random.default_rng(seed)
    x, y = np.sort(noise.random(6)), np.sort(noise.random(6))
    y[3] = y[2]
    curve = Curve(tuple(zip(x.tolist(), y.tolist(), strict=True)))
    np.testing.assert_allclose(curve(x), y, atol=1e-12)
    assert (np.diff(curve(AT)) >= -1e-12).all()
    np.testing.assert_allclose(curve(np.linspace(x[2], x[3], 9)), y[2], atol=1e-12)


def test_a_turn_is_not_overshot() -> None:
    curve = Curve(((0.0, 0.0), (0.4, 0.9), (0.6, 0.2), (1.0, 1.0)))
    inside = curve(np.linspace(0.0, 1.0, 1001))
    assert inside.min() >= 0.0
    assert inside[:600].max() <= 0.9 + 1e-12


def test_beyond_its_ends_it_goes_on_straight() -> None:
    curve = Curve(((0.1, 0.2), (0.5, 0.7), (0.9, 0.8)))
    for ends in (np.array([-1.0, -0.5, 0.0, 0.1]), np.array([0.9, 1.0, 1.5, 2.0])):
        slopes = np.diff(curve(ends)) / np.diff(ends)
        assert slopes.max() - slopes.min() < 1e-9
        assert slopes.min() > 0


def test_two_points_are_a_line() -> None:
    np.testing.assert_allclose(Curve(((0.0, 0.1), (1.0, 0.6)))(AT), 0.1 + 0.5 * AT, atol=1e-12)
