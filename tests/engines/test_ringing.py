"""An enlarged edge is no taller than the source's, while lines and grain stay."""

from __future__ import annotations

import cv2
import numpy as np

from engines.ringing import without_ringing


def _step(scale: int) -> np.ndarray:
    big = np.full((64 * scale, 64 * scale), 0.2, np.float32)
    big[:, 32 * scale :] = 0.8
    return big


def test_overshoot_at_a_step_is_taken_away() -> None:
    source = np.asarray(cv2.resize(_step(4), (64, 64), interpolation=cv2.INTER_AREA), np.float32)
    ringing = np.asarray(cv2.resize(source, (256, 256), interpolation=cv2.INTER_LANCZOS4), np.float32)
    assert ringing.max() > 0.8 + 0.03
    calm = without_ringing(ringing, source, 4)
    assert calm.max() < 0.8 + 0.012
    assert calm.min() > 0.2 - 0.012


def test_a_thin_line_keeps_its_height() -> None:
    source = np.full((32, 32), 0.3, np.float32)
    source[:, 16] = 0.7
    answer = np.full((64, 64), 0.3, np.float32)
    answer[:, 32:34] = 0.85
    np.testing.assert_array_equal(without_ringing(answer, source, 2), answer)


def test_grain_is_not_cut() -> None:
    source = np.random.default_rng(0).normal(0.5, 0.03, (48, 48)).astype(np.float32)
    answer = np.asarray(cv2.resize(source, (96, 96), interpolation=cv2.INTER_CUBIC), np.float32)
    assert float(np.abs(without_ringing(answer, source, 2) - answer).mean()) < 1e-4


def test_nothing_happens_at_the_sources_own_size() -> None:
    source = np.random.default_rng(0).random((16, 16), dtype=np.float32)
    assert without_ringing(source, source, 1) is source
