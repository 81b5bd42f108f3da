"""Measures of a risk, against figures computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from engines.hallucination.scores import auc, average_precision, calibration_error, recall_at


def test_auc_counts_ordered_pairs_and_half_of_the_ties() -> None:
    score = np.array([0.9, 0.5, 0.5, 0.1])
    event = np.array([True, True, False, False])
    # Pairs: (0.9, 0.5) and (0.9, 0.1) right, (0.5, 0.1) right, (0.5, 0.5) tied.
    assert auc(score, event) == pytest.approx(3.5 / 4)


def test_average_precision_is_one_for_a_perfect_order_and_the_rate_at_random() -> None:
    rng = np.random.default_rng(0)
    event = rng.random(20000) < 0.3
    assert average_precision(event.astype(float), event) == pytest.approx(1)
    assert average_precision(rng.random(20000), event) == pytest.approx(0.3, abs=0.02)


def test_recall_at_five_percent_false_area() -> None:
    score = np.concatenate((np.linspace(0, 1, 101)[:100], [0.955, 0.5]))
    event = np.arange(102) >= 100
    assert recall_at(score, event, 0.05) == pytest.approx(0.5, abs=0.05)


def test_calibration_error_of_a_true_and_of_a_boastful_probability() -> None:
    rng = np.random.default_rng(0)
    said = rng.random(50000)
    event = rng.random(50000) < said
    assert calibration_error(said, event) < 0.01
    assert calibration_error(np.ones(50000), event) == pytest.approx(0.5, abs=0.01)
