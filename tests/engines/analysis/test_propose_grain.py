"""What is proposed for grain and for noise, and the measurement behind it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engines.analysis.finding import Sample
from engines.analysis.grain import GrainAnalysis, kind_of
from engines.analysis.propose_grain import propose_grain
from engines.analysis.store import AnalysisStore
from engines.benchmark.held import HeldClip
from engines.cancel import CancelToken
from engines.detect.shots import Shot
from engines.training.plant.grain import FilmGrain, plant_grain
from engines.training.plant.noise import DigitalNoise, plant_noise
from engines.types import ColourSpec, Frame, PixelFormat


def _clean(count: int = 4) -> list[Frame]:
    y, x = np.mgrid[:160, :224].astype(np.float32)
    frames = []
    for n in range(count):
        plane = 60 + 0.5 * x + 20 * np.sin((x + n) / 11) * np.cos(y / 17)
        frames.append(Frame((plane.astype(np.uint8),), PixelFormat("gray", 8), ColourSpec(range="pc")))
    return frames


def _sample(frames: list[Frame]) -> Sample:
    return Sample(HeldClip(frames), Shot(0, len(frames) - 1), AnalysisStore(), CancelToken())


def test_grain_is_kept_and_noise_taken_away() -> None:
    film = propose_grain(_sample(plant_grain(_clean(), FilmGrain(1.8, 7.0), 1)))
    video = propose_grain(_sample(plant_noise(_clean(), DigitalNoise(7.0, photons=0.7), 1)))
    assert film is not None
    assert video is not None
    assert "Film grain" in film.reason
    assert "Digital noise" in video.reason
    assert video.severity > film.severity
    assert propose_grain(_sample(_clean())) is None


def test_curve_has_a_value_for_every_frame() -> None:
    frames = plant_grain(_clean(7), FilmGrain(1.8, 7.0), 1)
    arrays = _sample(frames).arrays(GrainAnalysis())
    assert arrays["sigma"].shape == (7,)
    assert arrays["sigma"].mean() * 255 == pytest.approx(6.8, rel=0.15)
    assert kind_of(arrays)[0] == "grain"


def test_kept_on_disk(tmp_path: Path) -> None:
    frames = plant_grain(_clean(2), FilmGrain(1.8, 7.0), 1)
    source, shot = HeldClip(frames), Shot(0, 1)
    first = AnalysisStore(tmp_path).shot(GrainAnalysis(), source, shot, CancelToken())
    again = AnalysisStore(tmp_path).held(GrainAnalysis(), source, shot)
    assert again is not None
    assert all(np.array_equal(first[name], again[name]) for name in first)
