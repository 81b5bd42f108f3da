"""The calibrator: ordered ends, a monotone slider, thresholds, and the shipped one on pictures it has not seen."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from engines.errors import ModelError, SettingError
from engines.hallucination.calibrator import (
    DEFAULT_RISK,
    RISKS,
    SCALES,
    Calibrator,
    RiskNet,
    load_calibrator,
    read_calibrator,
    risk_maps,
)
from engines.hallucination.evidence import Evidence
from engines.hallucination.features import REACH
from engines.models.weights import save_weights


def _calibrator() -> Calibrator:
    torch.manual_seed(0)
    knots = np.array([[0.0, 0.5, 1.0], [0.01, 0.3, 0.99]], dtype=np.float32)
    return Calibrator(RiskNet().eval(), knots, 2.0, {4: tuple(np.linspace(0.1, 0.6, len(RISKS)))})


def _evidence(scale: int, side: int = 32) -> Evidence:
    """A picture of smooth shapes; P adds texture to its left half, where there is something to see."""
    rng = np.random.default_rng(1)
    source = np.asarray(cv2.GaussianBlur(rng.random((side, side), dtype=np.float32), (0, 0), 2.0), np.float32)
    f = np.asarray(cv2.resize(source, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.float32)
    p = f.copy()
    half = p[:, : p.shape[1] // 2]
    half += 0.15 * rng.standard_normal(half.shape).astype(np.float32)
    return Evidence(source, f, p, scale)


@pytest.mark.parametrize("scale", [1, 2, 4])
def test_p_is_never_the_safer_end_and_risks_are_probabilities(scale: int) -> None:
    low, high = risk_maps(_evidence(scale), _calibrator())
    assert low.shape == high.shape == (32 * scale, 32 * scale)
    assert low.dtype == high.dtype == np.float32
    assert low.min() >= 0
    assert high.max() <= 1
    assert (high >= low).all()


def test_the_risk_of_f_is_the_same_whether_p_was_asked_or_not() -> None:
    evidence, calibrator = _evidence(4), _calibrator()
    alone = risk_maps(replace(evidence, perceptual=None), calibrator)
    assert np.array_equal(alone[0], alone[1])
    assert alone[0] == pytest.approx(risk_maps(evidence, calibrator)[0], abs=1e-6)


def test_the_slider_only_raises_the_risk() -> None:
    calibrator = _calibrator()
    low, high = risk_maps(_evidence(4), calibrator)
    steps = [calibrator.between(low, high, alpha) for alpha in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert np.array_equal(steps[0], low)
    assert steps[-1] == pytest.approx(high, abs=1e-6)
    assert all((b >= a).all() for a, b in pairwise(steps))


def test_a_level_between_two_takes_the_careful_threshold_and_impossible_ones_say_so() -> None:
    calibrator = _calibrator()
    assert calibrator.threshold(0.12, 4) == calibrator.threshold(0.1, 4)
    assert calibrator.threshold(0.9, 4) == calibrator.threshold(RISKS[-1], 4)
    with pytest.raises(SettingError, match="cannot be promised"):
        calibrator.threshold(0.001, 4)
    with pytest.raises(SettingError, match="3x"):
        calibrator.threshold(0.1, 3)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_weights(path, {"a": torch.zeros(3)}, {})
    with pytest.raises(ModelError, match="another calibrator"):
        read_calibrator(path)


def test_the_shipped_one_flags_invented_texture_and_knows_its_promises() -> None:
    calibrator = load_calibrator()
    assert len(calibrator.sha256) == 64
    assert sum(value.numel() for value in calibrator.network.parameters()) < 20_000
    for scale in SCALES:
        levels = [calibrator.threshold(risk, scale) for risk in RISKS]
        assert levels == sorted(levels)
    evidence = _evidence(4)
    low, high = risk_maps(evidence, calibrator)
    invented = slice(REACH // 2, high.shape[1] // 2 - 8)
    assert (high[:, invented] > calibrator.threshold(DEFAULT_RISK, 4)).mean() > 0.9
    assert high[:, invented].mean() > high[:, -32:].mean() + 0.2
    assert (high - low)[:, invented].mean() > (high - low)[:, -32:].mean()
    # What a caller lacks is left out, not taken for certainty.
    seeds = replace(evidence, second=evidence.perceptual)
    assert (risk_maps(seeds, calibrator)[1] >= 0).all()
