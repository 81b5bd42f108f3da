"""Conformal risk control: the promise holds on pictures that were not calibrated on."""

from __future__ import annotations

import numpy as np
import pytest

from engines.hallucination.conformal import controlled_threshold, missed_shares

THRESHOLDS = np.linspace(0, 1, 201)


def _pictures(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Pictures of unlike difficulty whose risk is informative, but overconfident."""
    hard = rng.beta(2, 2, size=(count, 1))
    risk = np.clip(hard + 0.3 * rng.standard_normal((count, 400)), 0, 1)
    return risk, rng.random((count, 400)) < risk**2


@pytest.mark.parametrize("level", [0.05, 0.1, 0.2])
def test_the_promise_holds_on_average_over_new_pictures(level: float) -> None:
    rng = np.random.default_rng(3)
    kept = []
    for _ in range(40):
        risk, wrong = _pictures(60, rng)
        losses = np.stack([missed_shares(r, w, THRESHOLDS) for r, w in zip(risk, wrong, strict=True)])
        threshold = controlled_threshold(losses, THRESHOLDS, level)
        risk, wrong = _pictures(100, rng)
        kept.append(np.mean([missed_shares(r, w, np.array([threshold]))[0] for r, w in zip(risk, wrong, strict=True)]))
    assert np.mean(kept) <= level
    # A threshold that flags everything would keep the promise, too, and be worth nothing.
    assert np.mean(kept) > 0.3 * level


def test_the_missed_share_counts_what_is_wrong_and_not_above_the_threshold() -> None:
    risk = np.array([[0.1, 0.2], [0.3, 0.9]])
    wrong = np.array([[False, True], [True, True]])
    assert missed_shares(risk, wrong, np.array([0.0, 0.2, 0.5, 1.0])) == pytest.approx([0, 1 / 3, 2 / 3, 1])


def test_a_picture_without_errors_misses_nothing() -> None:
    assert not missed_shares(np.ones((2, 2)), np.zeros((2, 2), dtype=bool), THRESHOLDS).any()


def test_too_few_pictures_flag_everything() -> None:
    assert controlled_threshold(np.zeros((8, len(THRESHOLDS))), THRESHOLDS, 0.1) == 0.0
    assert controlled_threshold(np.zeros((9, len(THRESHOLDS))), THRESHOLDS, 0.1) == 1.0
