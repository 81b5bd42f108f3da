"""Grain is measured as it was planted: in differences of moving frames, and in single ones."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engines.grain.measure import GrainMeasure
from engines.grain.model import BINS, LAGS, LEVELS, GrainModel
from engines.grain.synth import synthetic
from engines.luma import Luma
from engines.training.plant.grain import FilmGrain, grain_field

HEIGHT, WIDTH = 240, 320


def _scene(shift: float) -> Luma:
    """Bars of several tones with edges and texture, moved sideways."""
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    x = x + shift
    tones = 0.15 + 0.7 * (np.floor(y / 60) / 3)
    texture = 0.08 * np.sin(x / 3) * (x % 160 < 60)
    return np.asarray(cv2.GaussianBlur((tones + texture).astype(np.float32), (0, 0), 0.8), np.float32)


def _measured(size: float, shift: float, pair: bool) -> tuple[GrainModel, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    look = FilmGrain(size, 7.0)
    measure = GrainMeasure(1)
    for number in range(3):
        clean = _scene(number * shift * 2), _scene(number * shift * 2 + shift)
        own, other = (frame + grain_field(frame, look, rng) for frame in clean)
        measure.add([own], own, [other] if pair else None, other if pair else None)
    model = measure.model()
    assert model is not None
    flat = [grain_field(np.full((256, 256), level, np.float32), look, rng) for level in LEVELS]
    middle = flat[BINS // 2]
    near = np.array([(middle[:, lag:] * middle[:, : 256 - lag]).mean() / middle.var() for lag in (1, 2)])
    return model, np.array([field.std() for field in flat]), near


@pytest.mark.parametrize("size", [0.8, 1.6, 3.0])
@pytest.mark.parametrize(("shift", "pair"), [(0.0, True), (2.3, True), (0.0, False)])
def test_variance_by_brightness_and_correlation(size: float, shift: float, pair: bool) -> None:
    model, sigma, near = _measured(size, shift, pair)
    seen = model.seen > 0
    assert seen.sum() >= 3
    found = np.sqrt(model.variance[0])
    error = np.abs(found / sigma - 1.0)[seen]
    # A single frame cannot tell texture from grain where a brightness occurs in nothing else.
    assert (error.max() if pair else float(np.median(error))) < 0.15
    assert np.abs(model.correlation[0, LAGS, LAGS + 1 : LAGS + 3] - near).max() < 0.12
    assert model.frozen < 0.4


def test_a_frame_shown_twice_is_measured_by_itself() -> None:
    frame = _scene(0.0) + grain_field(_scene(0.0), FilmGrain(1.5, 7.0), np.random.default_rng(1))
    measure = GrainMeasure(1)
    sigma = measure.add([frame], frame, [frame], frame)
    assert 3.0 < sigma * 255 < 10.0


def test_what_is_made_is_what_was_measured() -> None:
    model, sigma, near = _measured(1.6, 0.0, True)
    bright = np.full((256, 256), LEVELS[5], np.float32)
    made = synthetic(model, 0, bright, (1,))
    assert made.std() == pytest.approx(np.sqrt(model.variance[0, 5]), rel=0.05)
    assert (made[:, 1:] * made[:, :-1]).mean() / made.var() == pytest.approx(near[0], abs=0.1)
    other = synthetic(model, 0, bright, (2,))
    assert abs(np.corrcoef(made.ravel(), other.ravel())[0, 1]) < 0.02
    assert not np.array_equal(synthetic(model, 0, np.full((64, 64), LEVELS[9], np.float32), (1,)), made[:64, :64])
    assert sigma[5] > 0


def test_reduction_is_that_of_reduced_pictures() -> None:
    model, _, _ = _measured(1.6, 0.0, True)
    made = synthetic(model, 0, np.full((512, 512), 0.5, np.float32), (7,))
    small = cv2.resize(made, (256, 256), interpolation=cv2.INTER_AREA)
    half = model.reduced(2)
    assert half.sigma_at(0, np.full((2, 2), 0.5, np.float32))[0, 0] == pytest.approx(small.std(), rel=0.08)
    neighbour = (small[:, 1:] * small[:, :-1]).mean() / small.var()
    assert half.correlation[0, LAGS, LAGS + 1] == pytest.approx(neighbour, abs=0.08)


def test_kept_and_read_back() -> None:
    model, _, _ = _measured(0.8, 0.0, True)
    again = GrainModel.from_arrays(model.arrays())
    assert np.array_equal(again.variance, model.variance)
    assert again.frozen == model.frozen
    assert again.sigma == model.sigma
