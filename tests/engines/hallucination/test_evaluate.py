"""The judgement: what it counts, and that the shipped map keeps its goals on pictures it has never seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engines.errors import MediaError
from engines.hallucination.answers import Pair, load_pair
from engines.hallucination.calibrator import DEFAULT_RISK, RISKS, SCALES, Calibrator, RiskNet, load_calibrator
from engines.hallucination.evaluate import evaluate, evaluate_lettering
from engines.models.registry import weights_folder
from engines.nets.fidelity import SEED_PLANES, FidelityConfig, FidelityNet
from engines.training.datasets import load_luma_set


def _network(extra: int, noise: float) -> FidelityNet:
    torch.manual_seed(extra)
    network = FidelityNet(FidelityConfig(channels=8, blocks=1, extra=extra)).eval().requires_grad_(False)
    for head in network.heads.values():
        assert isinstance(head, torch.nn.Conv2d)
        torch.nn.init.normal_(head.weight, std=noise)
    return network


def _all_or_nothing(threshold: float) -> Calibrator:
    knots = np.array([[0.0, 1.0], [0.5, 0.5]], dtype=np.float32)
    return Calibrator(RiskNet().eval(), knots, 1.0, dict.fromkeys(SCALES, (threshold,) * len(RISKS)))


def test_shares_and_baselines_are_those_of_the_pictures() -> None:
    rng = np.random.default_rng(0)
    picture = np.full((96, 96), 0.5, dtype=np.float32)
    picture[:, 48:] = rng.random((96, 48))
    pair = Pair(_network(0, 1e-3), _network(SEED_PLANES, 1e-3))
    found = evaluate([picture, picture[::-1].copy()], pair, _all_or_nothing(0.4))
    assert found.pictures == 2
    assert [row.slider for row in found.rows] == [0.0, 0.25, 0.5, 0.75, 1.0]
    for row in found.rows:
        assert 0.3 < row.wrong < 0.8
        # A map that says 0.5 everywhere ranks nothing and flags all.
        assert row.auc == pytest.approx(0.5)
        assert (row.flagged, row.missed) == (1.0, 0.0)
        assert row.calibration == pytest.approx(abs(row.wrong - 0.5), abs=1e-6)
    # Half of the picture is flat: what measures contrast knows which half.
    assert {row.name: row.auc for row in found.plain}["gradient, local"] > 0.6
    nothing = evaluate([picture], pair, _all_or_nothing(0.6), second=False)
    assert [(row.flagged, row.missed) for row in nothing.rows] == [(0.0, 1.0)] * 5


def test_no_pictures_is_one_clear_sentence() -> None:
    with pytest.raises(MediaError, match="no pictures"):
        evaluate([], Pair(_network(0, 1e-3), _network(SEED_PLANES, 1e-3)), _all_or_nothing(0.4))


@pytest.fixture(scope="module")
def shipped() -> Pair:
    folder = weights_folder()
    if not (folder / "perceptual.safetensors").is_file():
        pytest.skip("needs the perceptual weights, which are not among resources/weights")
    return load_pair(folder / "detail.safetensors", folder / "perceptual.safetensors")


def _held_out(shared_data: Path, count: int, side: int) -> list[np.ndarray]:
    """The middle of pictures that neither the networks nor the calibrator have seen."""
    folder = shared_data / "bench" / "set14"
    if not folder.is_dir():
        pytest.skip("needs bench/set14 of the public test pictures")
    known = load_luma_set(folder)
    found = []
    for picture in [*known.training, *known.held_out][:count]:
        top, left = ((length - side) // 2 for length in picture.shape)
        found.append(picture[top : top + side, left : left + side].astype(np.float32) / 255)
    return found


def test_the_shipped_map_keeps_its_goals_on_held_out_pictures(shared_data: Path, shipped: Pair) -> None:
    pictures = _held_out(shared_data, 10, 192)
    found = evaluate(pictures, shipped, load_calibrator())
    last = found.rows[-1]
    assert last.auc >= 0.85
    assert last.recall >= 0.5
    assert last.auc > max(plain.auc for plain in found.plain) + 0.02
    assert last.recall > max(plain.recall for plain in found.plain) + 0.1
    # Ten crops are few: the goal on all pictures is 0.05, the promise is one on average over pictures.
    assert last.calibration <= 0.08
    assert last.missed <= DEFAULT_RISK + 0.05
    flagged = [row.flagged for row in found.rows[1:]]
    assert flagged == sorted(set(flagged))


def test_unreadable_words_never_come_back_crisp_without_a_flag(shared_data: Path, shipped: Pair) -> None:
    found = evaluate_lettering(30, _held_out(shared_data, 4, 192), shipped, load_calibrator())
    assert found.words == 30
    assert found.flagged >= 0.95 * found.crisp


def test_words_that_stay_blurred_do_not_count() -> None:
    # Networks that add nothing answer bicubic, which is never crisp.
    pair = Pair(_network(0, 0.0), _network(SEED_PLANES, 0.0))
    found = evaluate_lettering(4, [], pair, _all_or_nothing(0.6))
    assert (found.words, found.crisp, found.flagged) == (4, 0, 0)
