"""Courses of light: what is kept as real and what is taken for flicker."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from engines.deflicker.paths import course
from engines.deflicker.real import lasting, real_part, turns
from engines.deflicker.steps import lasting_steps

RATE = 25.0
COUNT = 96


def _unrest(spread: float, seed: int = 0) -> NDArray[np.float64]:
    return spread * np.random.default_rng(seed).standard_normal(COUNT)


def _true(values: NDArray[np.float64]) -> NDArray[np.float64]:
    path = values[:, None]
    return real_part(path, RATE, 1.0, lasting_steps(path, lasting(RATE, 1.0)))[:, 0]


def _events() -> dict[str, NDArray[np.float64]]:
    time = np.arange(COUNT)
    return {
        "lamp": np.where(time < 48, 0.0, 0.47),
        "fade": np.log(1 - 0.6 * np.clip((time - 32) / 32, 0, 1)),
        "fade out": np.log(1 - 0.95 * time / COUNT),
    }


@pytest.mark.parametrize("event", ["lamp", "fade", "fade out"])
def test_real_light_without_flicker_is_kept_whole(event: str) -> None:
    truth = _events()[event]
    assert np.abs(_true(truth + _unrest(0.001)) - truth).max() < 0.01


@pytest.mark.parametrize("event", ["lamp", "fade"])
def test_levels_are_kept_under_strong_flicker(event: str) -> None:
    truth = _events()[event]
    off = _true(truth + _unrest(0.15)) - _true(_unrest(0.15)) - truth
    assert abs(off[:32].mean()) < 0.02
    assert abs(off[-32:].mean()) < 0.02


def test_flicker_goes() -> None:
    noise = _unrest(0.15)
    assert np.diff(_true(noise)).std() < 0.08 * np.diff(noise).std()


def test_a_flash_that_comes_back_is_flicker_and_a_lamp_that_stays_is_not() -> None:
    flash = np.zeros(COUNT)
    flash[40:44] = 0.3
    assert np.abs(_true(flash)).max() < 0.02
    stays = np.where(np.arange(COUNT) < 40, 0.0, 0.3)
    assert np.flatnonzero(lasting_steps(stays[:, None] + _unrest(0.02)[:, None], 8)[:, 0]).tolist() == [40]


def test_steps_are_found_per_course_and_not_in_corners_of_fades() -> None:
    both = np.stack([_events()["lamp"] + _unrest(0.03), 0.01 * np.maximum(np.arange(COUNT) - 48, 0)], axis=1)
    found = lasting_steps(both, 8)
    assert np.flatnonzero(found[:, 0]).tolist() == [48]
    assert not found[:, 1].any()


@pytest.mark.parametrize("count", [1, 2, 3, 5, 9])
def test_the_shortest_shots_work(count: int) -> None:
    path = np.random.default_rng(1).standard_normal((count, 2))
    true = real_part(path, RATE, 1.0, lasting_steps(path, lasting(RATE, 1.0)))
    assert true.shape == path.shape
    assert np.isfinite(true).all()


def test_a_course_fits_its_differences_and_stands_still_where_nothing_is_known() -> None:
    truth = np.cumsum(np.random.default_rng(2).standard_normal((30, 2)) * 0.05, axis=0)
    pairs = [(n - step, n) for n in range(30) for step in (1, 2) if n >= step]
    rise = np.array([truth[b] - truth[a] for a, b in pairs])
    say = np.ones_like(rise)
    found = course(pairs, rise, say, 30)
    assert np.abs(np.diff(found, axis=0) - np.diff(truth, axis=0)).max() < 0.003
    say[:, 1] = 0.0
    assert np.abs(course(pairs, rise, say, 30)[:, 1]).max() < 1e-9


def test_turns_are_counted_by_their_size() -> None:
    wave = np.sin(np.linspace(0, 6 * np.pi, 90))
    assert turns(wave, 0.5) == 6
    assert turns(wave, 2.5) == 0
    assert turns(np.arange(10.0), 0.5) == 0
