"""Two windows' word on the same lines: agreement raises, silence lowers, and what only one saw stays in the list."""

from __future__ import annotations

import numpy as np
import pytest

from engines.scratch.agree import agreed, at_frame, witnessed
from engines.scratch.found import Found

BANDS = 16


def _found(frames: list[int], lines: list[tuple[float, bool, float]]) -> Found:
    """Upright lines: x, bright, confidence."""
    count = len(lines)
    return Found(
        np.array(frames, np.int64),
        np.repeat(np.array([[x] for x, _, _ in lines], np.float32).reshape(count, 1), BANDS, 1),
        np.zeros((count, len(frames)), np.float32),
        np.zeros(count, np.int32),
        np.full(count, BANDS, np.int32),
        np.ones(count, np.float32),
        np.array([bright for _, bright, _ in lines], np.bool_),
        np.repeat(np.array([[sure] for _, _, sure in lines], np.float32).reshape(count, 1), len(frames), 1),
    )


def test_what_both_saw_is_one_line_of_middling_odds() -> None:
    one, other = _found([3], [(10.0, True, 0.99)]), _found([3], [(10.8, True, 0.5)])
    both = agreed(one, other)
    assert len(both.bright) == 1
    assert both.confidence[0, 0] == pytest.approx(1 / (1 + 99**-0.5), abs=1e-3)


def test_what_one_saw_is_doubted_and_others_are_kept_apart() -> None:
    one, other = _found([3], [(10.0, True, 0.9), (40.0, True, 0.9)]), _found([3], [(40.0, False, 0.9)])
    both = agreed(one, other)
    assert len(both.bright) == 3
    assert (both.confidence < 0.6).all()


def test_nothing_agrees_with_nothing() -> None:
    assert len(agreed(_found([3], []), _found([3], [])).bright) == 0
    assert len(agreed(_found([3], []), _found([3], [(5.0, True, 0.9)])).bright) == 1


def test_a_witness_that_does_not_hold_the_frame_is_asked_at_one_that_both_hold() -> None:
    window, witness = (
        _found([0, 1, 2, 3], [(10.0, True, 0.9), (30.0, True, 0.9)]),
        _found([2, 3, 4], [(10.5, True, 0.9)]),
    )
    told = witnessed(window, 0, witness)
    assert told.frames.tolist() == [0]
    assert told.confidence[0, 0] == pytest.approx(0.9, abs=1e-3)
    assert told.confidence[1, 0] < 0.6


def test_a_frame_that_a_window_does_not_hold_has_nothing() -> None:
    assert at_frame(_found([0, 2], [(10.0, True, 0.9)]), 1).frames.size == 0
