"""Warping error: blind to motion, sensitive to flicker, silent where nothing is seen twice."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engines.errors import MediaError
from engines.metrics.steadiness import Motion, motion_of, warping_error
from engines.types import ColourSpec, Frame, PixelFormat

_GREY = PixelFormat("gray", 16)


def _texture(seed: int) -> NDArray[np.float32]:
    noise = np.random.default_rng(seed).random((140, 180)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 2.0)
    return np.asarray(np.clip(0.5 + (smooth - 0.5) * 5, 0, 1), dtype=np.float32)


def _frame(picture: NDArray[np.float32]) -> Frame:
    return Frame((np.rint(picture * 65535).astype(np.uint16),), _GREY, ColourSpec("pc"))


def _shifted(picture: NDArray[np.float32], pixels: int) -> Frame:
    return _frame(np.ascontiguousarray(picture[20:116, 20 - pixels : 148 - pixels]))


def test_motion_costs_little_and_flicker_is_read_off() -> None:
    texture = _texture(0)
    before, now = _shifted(texture, 0), _shifted(texture, 3)
    motion = motion_of(before, now)
    still = warping_error(before, now, motion)
    plain = float(np.mean((now.planes[0] / 65535.0 - before.planes[0] / 65535.0) ** 2))
    assert still is not None
    assert still < plain / 50
    assert np.median(motion.flow[..., 0]) == pytest.approx(-3.0, abs=0.2)

    brighter = _shifted(np.asarray(texture * 0.9 + 0.1, dtype=np.float32), 3)
    flicker = warping_error(before, brighter, motion)
    expected = float(np.mean(((0.1 - 0.1 * texture[20:116, 20:148]) * 219 / 255) ** 2))
    assert flicker == pytest.approx(expected, rel=0.15)


def test_motion_is_the_references_when_given() -> None:
    texture = _texture(1)
    before, now = _shifted(texture, 0), _shifted(texture, 2)
    # Two equal frames of a moving reference: along the true motion they do not match.
    stuck = warping_error(before, before, motion_of(before, now))
    own = warping_error(before, before)
    assert own == pytest.approx(0.0, abs=1e-9)
    assert stuck is not None
    assert stuck > 1e-3


def test_what_is_hidden_does_not_count() -> None:
    texture = _texture(0)
    before, now = _shifted(texture, 0), _shifted(texture, 0)
    spoilt = now.planes[0].copy()
    spoilt[:, :64] = 0
    motion = motion_of(before, now)
    right = Motion(motion.flow, motion.visible & (np.arange(128) >= 64))
    assert warping_error(before, now.with_planes((spoilt,)), right) == pytest.approx(0.0, abs=1e-9)
    nothing = Motion(motion.flow, np.zeros_like(motion.visible))
    assert warping_error(before, now, nothing) is None


def test_sizes_must_agree() -> None:
    with pytest.raises(MediaError):
        warping_error(_shifted(_texture(0), 0), _frame(_texture(0)))
