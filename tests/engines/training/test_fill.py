"""The recipe `fill`: holes of the asked size, a network that begins at the smooth continuation, weights that load."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from engines.models.weights import load_weights
from engines.nets.fill import FillConfig, FillNet
from engines.training.fill import FillRecipe, draw_examples, load_fill_set, psnr_inside, train_fill
from engines.training.fill_holes import draw_hole, load_mattes

TINY = FillRecipe(patch=32, batch=2, widest=12, config=FillConfig(8, 8, 8, 8))


def _data(folder: Path) -> Path:
    rng = np.random.default_rng(0)
    for number in range(3):
        soft = cv2.GaussianBlur(rng.random((90, 80, 3)).astype(np.float32), (0, 0), 2.0)
        cv2.imwrite(str(folder / f"{number}.png"), np.rint(np.clip((soft - 0.4) * 4, 0, 1) * 255).astype(np.uint8))
    (folder / "overlays").mkdir()
    matte = np.zeros((60, 60), np.uint8)
    cv2.circle(matte, (30, 30), 14, 255, -1)
    cv2.imwrite(str(folder / "overlays" / "dirt.png"), matte)
    return folder


def test_holes_have_the_share_asked_for_and_repeat(tmp_path: Path) -> None:
    mattes = load_mattes(_data(tmp_path) / "overlays")
    shares = [draw_hole(96, (0.1, 0.2), 24, mattes, np.random.default_rng(seed)).mean() for seed in range(20)]
    assert min(shares) >= 0.05
    assert np.median(shares) < 0.35
    once, again = (draw_hole(96, (0.1, 0.2), 24, mattes, np.random.default_rng(4)) for _ in range(2))
    assert np.array_equal(once, again)


def test_examples_keep_the_known_and_say_what_is_hole(tmp_path: Path) -> None:
    pictures = load_fill_set(_data(tmp_path))
    assert len(pictures.mattes) == 1, "mattes are no pictures to learn from"
    example = draw_examples(pictures.training, pictures.mattes, TINY, 3, np.random.default_rng(1), plain=True)
    known = example.hole == 0
    assert torch.allclose((example.smooth * known), (example.clean * known), atol=1e-6)
    assert np.array_equal(np.unique(example.hole.numpy()), [0.0, 1.0])


def test_untrained_network_answers_the_smooth_continuation_and_never_touches_the_known() -> None:
    torch.manual_seed(0)
    network = FillNet(TINY.config)
    smooth, hole = torch.rand(1, 3, 32, 48), torch.zeros(1, 1, 32, 48)
    hole[..., 8:20, 10:30] = 1
    assert torch.equal(network(smooth, hole), smooth)
    torch.nn.init.normal_(network.head.weight)
    answer = network(smooth, hole)
    changed = (answer != smooth).any(dim=1, keepdim=True)
    assert changed.any()
    assert not (changed & (hole == 0)).any()


def test_training_learns_resumes_and_ships_its_average(tmp_path: Path) -> None:
    data, out = _data(tmp_path), tmp_path / "out"
    said: list[dict[str, float]] = []
    path = train_fill(data, out, 0.008, False, said.append, TINY)
    weights = load_weights(path)
    assert int(weights.statement["steps"]) > 0
    assert weights.statement["config.half"] == "8"
    FillNet(TINY.config).load_state_dict(dict(weights.tensors))
    assert {"psnr", "over_telea", "over_smooth"} <= set(said[-1])
    before = said[-1]["step"]
    train_fill(data, out, said[-1]["minutes"] + 0.02, True, said.append, TINY)
    assert said[-1]["step"] > before


def test_quality_is_judged_inside_the_holes_alone(tmp_path: Path) -> None:
    pictures = load_fill_set(_data(tmp_path))
    example = draw_examples(pictures.training, pictures.mattes, TINY, 4, np.random.default_rng(3), plain=True)
    clean, smooth = example.clean[:, :1], example.smooth[:, :1]
    assert psnr_inside(clean, clean, example.hole) == pytest.approx(100, abs=0.1)
    assert psnr_inside(clean + 0.25 * (1 - example.hole), clean, example.hole) == pytest.approx(100, abs=0.1)
    assert psnr_inside(smooth, clean, example.hole) < 50


def test_a_folder_without_pictures_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no pictures"):
        load_fill_set(tmp_path)
