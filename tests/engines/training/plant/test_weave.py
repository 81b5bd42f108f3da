"""Planted weave is as large as said, the same for the same seed, and truly there."""

from __future__ import annotations

import cv2
import numpy as np

from engines.stabilise.cells import dense, measured, view
from engines.training.plant.weave import cut, margin_for, planned, woven
from engines.types import ColourSpec, Frame, PixelFormat


def _frame() -> Frame:
    noise = np.random.default_rng(1).standard_normal((96, 128)).astype(np.float32)
    luma = np.clip(128 + 300 * cv2.GaussianBlur(noise, (0, 0), 3.0), 0, 255).astype(np.uint8)
    chroma = np.full((48, 64), 128, np.uint8)
    return Frame((luma, chroma, chroma), PixelFormat("yuv", 8, 2, 2), ColourSpec())


def test_it_is_as_large_as_said_and_repeatable() -> None:
    weave = planned(60, 4, most=6.0, angle=0.3, breath=0.5)
    assert np.isclose(np.hypot(weave.x, weave.y).max(), 6.0)
    assert np.isclose(np.abs(weave.angle).max(), 0.3)
    assert np.isclose(np.abs(weave.zoom - 1).max(), 0.005)
    np.testing.assert_array_equal(weave.x, planned(60, 4).x)
    assert abs(weave.x.mean()) < 1e-9


def test_frames_move_as_planned_and_show_no_outside() -> None:
    frame = _frame()
    weave = planned(6, 2, most=5.0, angle=0.0)
    margin = margin_for(weave, frame.width, frame.height)
    clean = cut(frame, margin)
    for number, moved in enumerate(woven([frame] * 6, weave, margin)):
        assert (moved.width, moved.height) == (clean.width, clean.height)
        seen, there = (
            view(np.asarray(frame.planes[0] / 255, np.float32), (0.0, 0.0), (1.0, 1.0)) for frame in (clean, moved)
        )
        cells = measured(seen, there, dense(seen, there))
        shift = np.median(cells.moves[cells.trust.trace(axis1=1, axis2=2) > 1], axis=0)
        assert np.hypot(shift[0] - weave.x[number], shift[1] - weave.y[number]) < 0.1
