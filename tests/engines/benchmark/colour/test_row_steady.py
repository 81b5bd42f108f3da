"""Row steady: what it compares, on pictures held in memory."""

from __future__ import annotations

import numpy as np

from engines.benchmark.colour.fade_set import as_frame
from engines.benchmark.colour.row_steady import _compare, _Course, _course


def _scan(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((3, 24, 32), dtype=np.float32)


def test_only_samples_that_stayed_the_same_are_compared() -> None:
    first, second = _scan(), _scan()
    second[:, :, 16:] = _scan(1)[:, :, 16:]
    course = _Course([], [], [], [], [])
    _compare(course, (as_frame(first), first), (as_frame(second), second))
    assert course.mean == [0.0]
    assert abs(course.share[0] - 0.5) < 0.01
    assert course.before[0] > 1.0


def test_a_correction_that_moves_is_seen() -> None:
    course = _Course([], [], [], [], [])
    _compare(course, (as_frame(_scan()), _scan()), (as_frame(_scan()), _scan() * np.float32(0.95)))
    assert course.share == [1.0]
    assert course.mean[0] > 0.5


def test_stage_fade_treats_frames_alike() -> None:
    found = _course([as_frame(_scan(seed // 2)) for seed in range(4)], "cpu")
    assert max(found.most) == 0.0
    assert found.share[0] == 1.0
