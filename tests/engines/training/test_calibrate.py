"""The recipe `hallucination`, in small: what it writes loads, its probabilities and promises are kept."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from engines.hallucination.answers import CLEAN
from engines.hallucination.calibrator import RISKS, SCALES, Calibrator, RiskNet, read_calibrator
from engines.hallucination.features import NAMES
from engines.models.weights import load_weights, save_weights
from engines.nets.fidelity import SEED_PLANES, FidelityConfig, FidelityNet
from engines.training.calibrate import (
    SLIDER,
    CalibrationRecipe,
    Places,
    calibrate,
    fit_bend,
    fit_knots,
    fit_thresholds,
)

IDENTITY = np.array([[0.0, 1.0], [0.0, 1.0]], dtype=np.float32)
EACH = dict.fromkeys(SCALES, 3)
TINY = CalibrationRecipe(EACH, EACH, dict.fromkeys(SCALES, 48), words=2, cells=64, steps=60, reach=CLEAN)


def _weights(path: Path, extra: int, doubt: bool, prefix: str) -> Path:
    torch.manual_seed(extra)
    network = FidelityNet(FidelityConfig(channels=8, blocks=1, extra=extra, doubt=doubt))
    said = {"channels": 8, "blocks": 1, "extra": extra, "doubt": doubt}
    tensors = {prefix + name: value for name, value in network.state_dict().items()}
    save_weights(path, tensors, {f"config.{k}": str(v) for k, v in said.items()})
    return path


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(6):
        # Half flat, half texture that no reduction keeps.
        picture = np.full((200, 200), 90 + 10 * number, dtype=np.uint8)
        picture[:, 100:] = rng.integers(0, 256, (200, 100))
        cv2.imwrite(str(folder / f"{number}.png"), picture)
    return folder


def test_what_it_writes_loads_and_says_what_it_was_fitted_to(pictures: Path, tmp_path: Path) -> None:
    detail = _weights(tmp_path / "f.safetensors", 2, True, "fidelity.")
    perceptual = _weights(tmp_path / "p.safetensors", 2 + SEED_PLANES, True, "")
    out = calibrate(pictures, detail, perceptual, tmp_path / "h.safetensors", recipe=TINY)
    calibrator = read_calibrator(out)
    assert load_weights(out).statement["detail"] == load_weights(detail).sha256
    assert set(calibrator.thresholds) == set(SCALES)
    assert 0.5 <= calibrator.bend <= 4.0
    assert (np.diff(calibrator.knots, axis=1) >= 0).all()


class _Told(RiskNet):
    """Answers its first two features."""

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return features[:, :2]


def _calibrator(knots: np.ndarray = IDENTITY, bend: float = 1.0) -> Calibrator:
    return Calibrator(_Told(), knots, bend, {})


def _places(rng: np.random.Generator, count: int, bend: float = 1.0) -> Places:
    """What is wrong follows the square of what the network says, and rises along the slider with `bend`."""
    features = np.zeros((count, 200, len(NAMES)), dtype=np.float32)
    features[..., :2] = np.sort(rng.random((count, 200, 2)), axis=2)
    low, high = np.square(features[..., :1]), np.square(features[..., 1:2])
    return Places(features, rng.random((count, 200, len(SLIDER))) < low + np.array(SLIDER) ** bend * (high - low))


def test_the_knots_make_probabilities_of_boasts() -> None:
    rng = np.random.default_rng(1)
    knots = fit_knots(_calibrator(), [_places(rng, 100)])
    x = np.linspace(0.05, 0.95, 10)
    assert np.interp(x, *knots) == pytest.approx(x**2, abs=0.06)
    assert (np.diff(knots, axis=1) >= 0).all()


def test_the_bend_is_found() -> None:
    square = np.stack([np.linspace(0, 1, 101), np.linspace(0, 1, 101) ** 2]).astype(np.float32)
    found = fit_bend(_calibrator(square), [_places(np.random.default_rng(2), 200, bend=2.0)])
    assert found == pytest.approx(2.0, abs=0.25)


def test_the_thresholds_keep_their_promise_at_every_position_of_the_slider() -> None:
    rng = np.random.default_rng(3)
    calibrator = _calibrator()
    thresholds = fit_thresholds(calibrator, _places(rng, 120))
    fresh = _places(rng, 200)
    low, high = fresh.features[..., 0], fresh.features[..., 1]
    for level, threshold in zip(RISKS, thresholds, strict=True):
        for index, alpha in enumerate(SLIDER[1:], start=1):
            flags = calibrator.between(low, high, alpha) > threshold
            missed = [(~f & w).sum() / max(w.sum(), 1) for f, w in zip(flags, fresh.wrong[..., index], strict=True)]
            assert np.mean(missed) <= level * 1.15
