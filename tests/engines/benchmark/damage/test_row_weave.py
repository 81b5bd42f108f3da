"""What the row measures with: displacement against the clean frame, the slow part of a path, and the peers."""

from __future__ import annotations

import cv2
import numpy as np

from engines.benchmark.damage.row_weave import _displaced, _slow
from engines.benchmark.damage.weave_peers import by_deshake, by_features
from engines.training.plant.weave import cut, margin_for, planned, woven
from engines.types import ColourSpec, Frame, PixelFormat


def _clip(count: int) -> tuple[list[Frame], list[Frame], np.ndarray]:
    noise = np.random.default_rng(1).standard_normal((160, 208)).astype(np.float32)
    mixed = sum(cv2.GaussianBlur(noise, (0, 0), s) * s for s in (1.5, 5.0))
    luma = np.clip(128 + 40 * mixed / np.std(mixed), 0, 255).astype(np.uint8)
    chroma = np.full((80, 104), 128, np.uint8)
    frame = Frame((luma, chroma, chroma), PixelFormat("yuv", 8, 2, 2), ColourSpec(range="tv"))
    weave = planned(count, 2, most=4.0, angle=0.0)
    margin = margin_for(weave, frame.width, frame.height)
    return [cut(frame, margin)] * count, woven([frame] * count, weave, margin), np.stack([weave.x, weave.y], 1)


def test_displacement_is_told_to_hundredths_of_a_pixel() -> None:
    clean, moved, truth = _clip(4)
    found = _displaced(clean, moved)
    assert np.abs(found[:, :2] - truth).max() < 0.05
    assert np.abs(found[:, 2:]).max() < 0.1


def test_slow_is_what_a_line_and_slow_waves_explain() -> None:
    time = (np.arange(48) + 0.5) / 24
    slow = (30 * time + np.cos(2 * np.pi * 0.75 * time))[:, None]
    fast = np.cos(2 * np.pi * 3 * time)[:, None]
    np.testing.assert_allclose(_slow(slow), slow, atol=1e-9)
    assert np.abs(_slow(fast)).max() < 0.1


def test_peers_answer_with_frames_of_the_same_kind_and_tracking_steadies() -> None:
    clean, moved, truth = _clip(12)
    steadier = by_features(moved, 24.0)
    jolts = np.diff(_displaced(clean, steadier)[:, :2], axis=0).std()
    assert jolts < 0.6 * np.diff(truth, axis=0).std()
    for answers in (steadier, by_deshake(moved)):
        assert [f.planes[1].shape for f in answers] == [f.planes[1].shape for f in moved]
        assert answers[3].planes[0].dtype == np.uint8
