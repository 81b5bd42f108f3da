"""What of a path is the camera's and what is weave."""

from __future__ import annotations

import numpy as np

from engines.stabilise.split import locked_off, smoothed

_RATE = 24.0


def test_a_steady_pan_passes_untouched_to_the_very_ends() -> None:
    time = np.arange(60) / _RATE
    path = np.stack([30 * time, -12 * time], axis=1)
    np.testing.assert_allclose(smoothed(path, 1.0, _RATE), path, atol=1e-6)
    bent = (4 * time**2)[:, None]
    assert np.abs(smoothed(bent, 1.0, _RATE) - bent).max() < 0.6


def test_what_is_slower_than_the_limit_stays_and_what_is_faster_goes() -> None:
    time = np.arange(480) / _RATE
    for hertz, least, most in ((0.5, 0.97, 1.01), (0.9, 0.9, 1.04), (1.1, 0.0, 0.1), (3.0, 0.0, 0.02)):
        wave = np.sin(2 * np.pi * hertz * time)[:, None]
        left = smoothed(wave, 1.0, _RATE)[100:-100].std() / wave[100:-100].std()
        assert least <= left <= most


def test_the_start_of_a_pan_is_not_heralded() -> None:
    speed = np.clip((np.arange(144) - 66) / 12, 0, 1) * 2
    path = speed.cumsum()[:, None]
    assert np.abs(smoothed(path, 1.0, _RATE) - path)[:40].max() < 0.25


def test_short_shots_have_one_place() -> None:
    path = np.array([[1.0], [3.0], [2.0]])
    np.testing.assert_allclose(smoothed(path, 1.0, _RATE), 2.0)


def test_jumps_about_one_place_are_a_camera_that_stands() -> None:
    jumps = np.random.default_rng(1).standard_normal((48, 4))
    assert locked_off(jumps, 1.0, _RATE, 640)
    assert not locked_off(jumps + np.linspace(0, 60, 48)[:, None], 1.0, _RATE, 640)
    # Riding towards what is filmed, it grows, however much the picture jumps.
    riding = np.column_stack([10 * jumps[:, :3], 0.2 * jumps[:, 3] + np.linspace(0, 6, 48)])
    assert not locked_off(riding, 1.0, _RATE, 640)
