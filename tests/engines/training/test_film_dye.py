"""Dye fade in density space."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engines.training.film_dye import DyeFade, faded

_FRESH = DyeFade(loss=(0.0, 0.0, 0.0), stain=(0.0, 0.0, 0.0), crosstalk=0.12)


def _patches() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.random.default_rng(0).uniform(0.2, 0.98, (8, 8, 3)).astype(np.float32)


def test_fresh_film_is_unchanged() -> None:
    # Muted colours: no single dye needs to be negative.
    muted = 0.5 + (_patches() - 0.5) * 0.1
    assert np.abs(faded(muted, _FRESH, 2.2) - muted).max() < 1e-4


def test_equal_losses_keep_neutrals_neutral_and_lighten() -> None:
    grey = np.full((4, 4, 3), 0.3, dtype=np.float32)
    result = faded(grey, replace(_FRESH, loss=(0.3, 0.3, 0.3)), 2.2)
    assert np.ptp(result) < 1e-5
    assert result.mean() > 0.3


def test_loss_of_density_is_as_stated() -> None:
    """Half the dye without cross-talk or bow: density halves, so value goes to its square root."""
    grey = np.full((2, 2, 3), 0.36, dtype=np.float32)
    result = faded(grey, DyeFade((0.5, 0.5, 0.5), (0, 0, 0), crosstalk=0.0, bow=0.0), 2.2)
    assert result == pytest.approx(0.6, abs=1e-4)
    stained = faded(grey, replace(_FRESH, stain=(0.0, 0.0, 0.22)), 2.2)
    assert stained[..., 2] == pytest.approx(0.36 * 10 ** (-0.22 / 2.2), abs=1e-4)


def test_lost_cyan_turns_the_picture_red() -> None:
    grey = np.full((2, 2, 3), 0.4, dtype=np.float32)
    red, green, blue = faded(grey, replace(_FRESH, loss=(0.5, 0.0, 0.0)), 2.2)[0, 0]
    assert red > green + 0.05
    assert red > blue + 0.05
