"""Scores of whole clips."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from engines.cancel import CancelToken
from engines.detect.shots import ShotList
from engines.errors import Cancelled, MediaError
from engines.metrics.perceptual import PerceptualMeter
from engines.metrics.score import FrameScore, mean_scores, score
from engines.types import ColourSpec, Frame, PixelFormat
from tests.fakes import MemorySource

_GREY = PixelFormat("gray", 8)


def _clip(count: int, error: int = 0, size: tuple[int, int] = (72, 64)) -> MemorySource:
    texture = cv2.GaussianBlur(np.random.default_rng(2).random((100, 120)).astype(np.float32), (0, 0), 2.0)
    texture = np.clip(0.5 + (texture - 0.5) * 5, 0.1, 0.9) * 255
    frames = []
    for number in range(count):
        cut = texture[10 : 10 + size[1], 10 + number : 10 + number + size[0]]
        frames.append(Frame(((np.rint(cut) + error).astype(np.uint8),), _GREY, ColourSpec("tv")))
    return MemorySource(frames)


def test_every_frame_and_the_mean() -> None:
    meter = PerceptualMeter("counting", lambda a, b: (a - b).abs().mean())
    every = list(score(_clip(3, error=5), _clip(3), perceptual=meter))
    assert [one.frame for one in every] == [0, 1, 2]
    assert every[0].warping_error is None
    assert all(one.psnr_y == pytest.approx(20 * math.log10(255 / 5), abs=1e-3) for one in every)
    assert all(one.warping_error is not None and one.warping_error < 1e-3 for one in every[1:])
    mean = mean_scores(every)
    assert mean.frames == 3
    assert mean.pooled_psnr_y == pytest.approx(mean.psnr_y, abs=1e-6)
    assert mean.perceptual == pytest.approx(5 * 255 / 219, abs=0.6)
    assert mean.warping_error is not None


def test_pooled_mean_survives_an_equal_frame() -> None:
    scores = [FrameScore(0, math.inf, 1.0, None, None), FrameScore(1, 30.0, 0.9, None, 0.5)]
    mean = mean_scores(scores)
    assert mean.psnr_y == math.inf
    assert mean.pooled_psnr_y == pytest.approx(30 + 10 * math.log10(2))
    assert (mean.perceptual, mean.warping_error) == (None, 0.5)
    with pytest.raises(ValueError, match="no scores"):
        mean_scores([])


def test_warping_stays_inside_shots() -> None:
    every = list(score(_clip(4), _clip(4), shots=ShotList((0, 2), 4)))
    assert [one.warping_error is None for one in every] == [True, False, True, False]


def test_clips_that_do_not_match_are_refused_at_once() -> None:
    with pytest.raises(MediaError, match="72x64 and 70x64"):
        score(_clip(2), _clip(2, size=(70, 64)))
    with pytest.raises(MediaError, match="2 and 3 frames"):
        score(_clip(2), _clip(3))


def test_a_cancelled_score_stops() -> None:
    token = CancelToken()
    running = score(_clip(3), _clip(3), cancel=token)
    next(running)
    token.cancel()
    with pytest.raises(Cancelled):
        next(running)
