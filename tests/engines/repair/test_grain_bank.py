"""The frame's own grain: measured at its strength, quilted without losing it, and laid on instead of a donor's."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.provenance import ProvenanceMap
from engines.repair.donors import View
from engines.repair.grain_bank import GrainBank, levels_of, measured, regrained
from engines.repair.journeys import Journeys
from engines.types import ColourSpec, Frame, PixelFormat

GREY = PixelFormat("gray", 8)
SHAPE = (160, 224)
SIGMA = 7.0


def _grain(seed: int) -> NDArray[np.float32]:
    """Clumped, standard deviation `SIGMA`."""
    noise = np.random.default_rng(seed).standard_normal(SHAPE).astype(np.float32)
    clumped = cv2.GaussianBlur(noise, (0, 0), 0.8)
    return np.asarray(SIGMA * clumped / clumped.std(), np.float32)


def _view(number: int, seed: int | None) -> View:
    picture = np.tile(np.linspace(60, 190, SHAPE[1], dtype=np.float32), (SHAPE[0], 1))
    if seed is not None:
        picture = picture + _grain(seed)
    frame = Frame((np.rint(picture.clip(0, 255)).astype(np.uint8),), GREY, ColourSpec())
    nothing = np.zeros(SHAPE, np.bool_)
    return View(number, number - 1, frame, ProvenanceMap.uniform(SHAPE[1], SHAPE[0]), nothing)


def _bank(seeds: tuple[int | None, int | None, int | None]) -> GrainBank | None:
    before, current, after = (_view(number, seed) for number, seed in enumerate(seeds))
    return measured(current, [before, after], Journeys(current, lambda _, make: make()))


def test_grain_is_measured_level_by_level() -> None:
    bank = _bank((1, 2, 3))
    assert bank is not None
    true = [float(band.std()) for band in levels_of(_grain(2))[:-1]]
    sigma = bank.sigma(0, np.full((1, 1), 0.5, np.float32))[:, 0, 0]
    np.testing.assert_allclose(sigma, true, rtol=0.2)


def test_without_grain_or_beside_a_repeated_frame_there_is_none_to_give_back() -> None:
    assert _bank((None, None, None)) is None
    assert _bank((1, 1, 2)) is None


def test_a_quilt_keeps_the_variance() -> None:
    bank = _bank((1, 2, 3))
    assert bank is not None
    quilt = bank.quilt(np.full(SHAPE, 0.5, np.float32), np.ones(SHAPE, np.bool_), (0,))[0]
    np.testing.assert_allclose(quilt.var(axis=(1, 2)), 1.0, atol=0.15)


def test_fresh_grain_replaces_the_donors() -> None:
    bank = _bank((1, 2, 3))
    assert bank is not None
    old = _grain(7)
    tones = np.full(SHAPE, 0.5, np.float32)
    quilt, sigma = list(bank.quilt(tones, np.ones(SHAPE, np.bool_), (0,))[0]), list(bank.sigma(0, tones))
    new = regrained(100.0 + old, np.ones(SHAPE, np.float32), quilt, sigma, 1.0) - 100.0
    assert abs(np.corrcoef(old.ravel(), new.ravel())[0, 1]) < 0.2
    assert 0.8 < new.std() / SIGMA < 1.15
    smooth = regrained(100.0 + old, np.ones(SHAPE, np.float32), quilt, sigma, 0.0)
    assert smooth.std() < 0.4 * SIGMA


def test_an_edge_is_not_taken_for_grain() -> None:
    step = np.where(np.arange(SHAPE[1])[None, :] < 100, 60.0, 190.0).astype(np.float32).repeat(1, axis=0)
    edge = np.ascontiguousarray(np.broadcast_to(step, SHAPE))
    zero = [np.zeros(SHAPE, np.float32)] * 3
    sigma = [np.full(SHAPE, s, np.float32) for s in (4.0, 2.5, 1.5)]
    kept = regrained(edge, np.ones(SHAPE, np.float32), zero, sigma, 1.0)
    assert np.abs(kept - edge).max() < 6.0
