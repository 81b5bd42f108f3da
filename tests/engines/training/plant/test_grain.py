"""Planted grain is what it says: strength, dependence on brightness, clumps, fresh in every frame."""

from __future__ import annotations

import numpy as np
import pytest

from engines.training.plant.grain import FilmGrain, grain_field, plant_grain
from engines.training.plant.noise import DigitalNoise, noise_field, plant_noise
from engines.types import ColourSpec, Frame, PixelFormat


def _flat(value: float, side: int = 256) -> np.ndarray:
    return np.full((side, side), value, np.float32)


@pytest.mark.parametrize("size", [0.8, 1.5, 3.0])
def test_strength_at_middle_grey_is_as_asked(size: float) -> None:
    grain = grain_field(_flat(0.5), FilmGrain(size, 6.0), np.random.default_rng(1))
    assert grain.std() * 255 == pytest.approx(6.0, rel=0.08)
    assert abs(grain.mean()) * 255 < 0.3


def test_grain_falls_towards_black_and_white() -> None:
    look = FilmGrain(1.5, 6.0)
    sigmas = [grain_field(_flat(v), look, np.random.default_rng(2)).std() for v in (0.02, 0.2, 0.5, 0.8, 0.98)]
    assert max(sigmas[0], sigmas[4]) < 0.5 * sigmas[2]
    assert sigmas[0] < sigmas[1] < sigmas[2] > sigmas[3] > sigmas[4]


def test_larger_crystals_are_correlated_further() -> None:
    def neighbour(size: float) -> float:
        g = grain_field(_flat(0.5), FilmGrain(size, 6.0), np.random.default_rng(3))
        return float((g[:, 1:] * g[:, :-1]).mean() / g.var())

    assert neighbour(0.8) < 0.35 < neighbour(2.0) < neighbour(3.0)


def test_every_frame_has_its_own_and_the_same_seed_the_same() -> None:
    frame = Frame((np.full((64, 64), 120, np.uint8),), PixelFormat("gray", 8), ColourSpec(range="pc"))
    first, second = plant_grain([frame, frame], FilmGrain(1.5, 8.0), 5)
    again = plant_grain([frame], FilmGrain(1.5, 8.0), 5)[0]
    a, b = (f.planes[0].astype(float) - 120 for f in (first, second))
    assert abs((a * b).mean()) < 0.1 * a.var()
    assert np.array_equal(first.planes[0], again.planes[0])


def test_chroma_has_its_share() -> None:
    planes = (np.full((64, 64), 120, np.uint8), *(np.full((32, 32), 128, np.uint8) for _ in range(2)))
    frame = Frame(planes, PixelFormat("yuv", 8, 2, 2), ColourSpec(range="tv"))
    grainy = plant_grain([frame], FilmGrain(1.5, 8.0, colour=0.5), 1)[0]
    assert 0.3 < grainy.planes[1].std() / grainy.planes[0].std() < 0.7
    grey = plant_grain([frame], FilmGrain(1.5, 8.0, colour=0.0), 1)[0]
    assert np.array_equal(grey.planes[1], frame.planes[1])


def test_a_sensor_is_noisier_in_the_dark_and_keeps_its_pattern() -> None:
    look = DigitalNoise(6.0, photons=0.5, pattern=0.5)
    dark, bright = (
        noise_field(_flat(v), look, np.random.default_rng(1), np.random.default_rng(2)).std() for v in (0.2, 0.8)
    )
    assert dark > 1.3 * bright
    frame = Frame((np.full((64, 64), 120, np.uint8),), PixelFormat("gray", 8), ColourSpec(range="pc"))
    a, b = (f.planes[0].astype(float) - 120 for f in plant_noise([frame, frame], look, 3))
    assert 0.15 < (a * b).mean() / a.var() < 0.6
