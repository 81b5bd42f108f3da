"""Recipe fade: its pictures, its loss beside CIEDE2000, and a short run that ends in weights."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from engines.colour.difference import delta_e
from engines.fade.estimate import read_fade_model
from engines.nets.fade_predictor import SIDE, FadePredictor, FadePredictorConfig
from engines.training.fade import FadeRecipe, Pairs, judge, loss_of, train_fade
from engines.training.fade_loss import difference
from engines.training.fade_pictures import drawn_picture, load_colour_set


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(3)
    for index in range(12):
        noise = rng.random((40, 60, 3), dtype=np.float32) * 255.0
        cv2.imwrite(str(tmp_path / f"{index}.png"), cv2.GaussianBlur(noise, (0, 0), 1.5))
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((40, 60), 90, np.uint8))
    return tmp_path


def test_grey_pictures_are_left_out_and_some_are_held_out(folder: Path) -> None:
    found = load_colour_set(folder, 0.3)
    assert len(found.training) + len(found.held_out) == 12
    assert 0 < len(found.held_out) < 12


def test_an_empty_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_colour_set(tmp_path)


def test_drawn_pictures_keep_grey_nearly_grey() -> None:
    grey = np.repeat(np.linspace(0, 255, 60).astype(np.uint8)[None, :, None], 40, axis=0).repeat(3, axis=2)
    for seed in range(8):
        drawn = drawn_picture(grey, SIDE, np.random.default_rng(seed))
        assert drawn.shape == (3, SIDE, SIDE)
        assert np.ptp(drawn, axis=0).max() < 0.15
        assert 0.0 <= drawn.min() <= drawn.max() <= 1.0


def test_the_loss_is_close_to_ciede2000() -> None:
    rng = np.random.default_rng(0)
    truth = rng.uniform(0.1, 0.9, (3, 30, 30)).astype(np.float32)
    other = np.clip(truth + rng.normal(0.0, 0.03, truth.shape), 0.0, 1.0).astype(np.float32)
    ours = difference(*(torch.from_numpy(side).flatten(1)[None] for side in (other, truth)))[0].numpy()
    exact = delta_e(other, truth).ravel()
    assert np.corrcoef(ours, exact)[0, 1] > 0.8
    assert abs(ours.mean() / exact.mean() - 1.0) < 0.3


def test_an_untrained_network_changes_nothing_and_learns() -> None:
    torch.manual_seed(0)
    network = FadePredictor(FadePredictorConfig(channels=4, hidden=16))
    truth = torch.rand(6, 3, SIDE, SIDE) * 0.8 + 0.1
    pairs = Pairs(truth, truth * torch.tensor([1.1, 0.85, 0.95])[None, :, None, None])
    assert judge(network, pairs)["worse"] < 1e-3
    optimiser = torch.optim.Adam(network.parameters(), lr=3e-3)
    losses = []
    for _ in range(25):
        optimiser.zero_grad()
        loss = loss_of(network(pairs.scans), pairs)
        torch.autograd.backward(loss)
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.8 * losses[0]


def test_a_short_run_writes_weights_that_are_read(folder: Path, tmp_path: Path) -> None:
    config = FadePredictorConfig(channels=4, hidden=16, rounds=2)
    recipe = FadeRecipe(fresh=1, batch=4, start=4, judged=6, members=2, config=config)
    path = train_fade(folder, tmp_path / "out", 0.01, False, recipe=recipe)
    assert [network.config for network in read_fade_model(path).networks] == [config, config]
