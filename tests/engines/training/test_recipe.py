"""The recipe `detail`: seeded degradations, resumable training, weights that load."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from engines.models.weights import load_weights
from engines.nets.condition import condition_step, noise_condition, step_condition
from engines.nets.fidelity import FidelityConfig, FidelityNet, enlarge
from engines.training.datasets import load_luma_set
from engines.training.degradations import (
    DegradationRange,
    add_grain,
    degrade,
    shrink,
)
from engines.training.detail import DetailRecipe, draw_patches, train_detail
from engines.training.loop import LoopConfig, TimedLoop

TINY = DetailRecipe(patch=16, batch=2, config=FidelityConfig(channels=8, blocks=1))


def _pictures(folder: Path) -> Path:
    rng = np.random.default_rng(0)
    for number in range(4):
        noise = cv2.GaussianBlur(rng.random((120, 130, 3)).astype(np.float32), (0, 0), 1.5)
        cv2.imwrite(str(folder / f"{number:05d}.png"), np.rint(np.clip((noise - 0.4) * 3, 0, 1) * 255))
    return folder


def _patches(count: int = 4, size: int = 64) -> torch.Tensor:
    rng = np.random.default_rng(1)
    soft = [cv2.GaussianBlur(rng.random((size, size)).astype(np.float32), (0, 0), 1.5) for _ in range(count)]
    return torch.from_numpy(np.stack(soft))[:, None]


@pytest.mark.parametrize("scale", [1, 2, 4])
def test_degradations_repeat_with_their_seed(scale: int) -> None:
    everything = DegradationRange(noisy_share=1, compressed_share=1)
    once = degrade(_patches(), scale, np.random.default_rng(5), everything)
    again = degrade(_patches(), scale, np.random.default_rng(5), everything)
    assert torch.equal(once.luma, again.luma)
    assert torch.equal(once.condition, again.condition)
    assert once.luma.shape == (4, 1, 64 // scale, 64 // scale)
    assert 0 <= float(once.condition.min()) <= float(once.condition.max()) <= 1


def test_nothing_but_quantisation_without_degradation() -> None:
    nothing = DegradationRange(noisy_share=0, compressed_share=0)
    same = degrade(_patches(), 1, np.random.default_rng(5), nothing)
    assert float((same.luma - _patches()).abs().max()) <= 0.5 / 255 + 1e-6
    assert float(same.condition.max()) == 0


def test_grain_has_the_strength_it_is_asked_for() -> None:
    flat = torch.full((2, 1, 200, 200), 0.5)
    for seed in range(6):
        noisy = add_grain(flat, np.array([0.05, 0.1]), np.random.default_rng(seed))
        assert noisy.std(dim=(1, 2, 3)).tolist() == pytest.approx([0.05, 0.1], rel=0.08)


def test_conditions_invert_and_saturate() -> None:
    assert condition_step(step_condition(20.0)) == pytest.approx(20.0)
    assert noise_condition(0.1) == pytest.approx(0.5)
    assert noise_condition(9.0) == step_condition(1e9) == 1.0


def test_an_untrained_network_answers_nearly_bicubic() -> None:
    torch.manual_seed(0)
    luma = _patches(1, 32)
    with torch.inference_mode():
        answer = FidelityNet(TINY.config)(luma, torch.zeros(1, 2), 2)
    assert float((answer - enlarge(luma, 2)).abs().max()) < 0.05


def test_shrinking_and_enlarging_keep_the_mean() -> None:
    picture = _patches(1, 64)
    assert float(shrink(picture, 4).mean()) == pytest.approx(float(picture.mean()), abs=1e-3)


def test_pictures_are_split_once_and_for_all(tmp_path: Path) -> None:
    first, second = load_luma_set(_pictures(tmp_path)), load_luma_set(tmp_path)
    assert [p.shape for p in first.training] == [p.shape for p in second.training]
    assert draw_patches(first.training, 3, 256, np.random.default_rng(0)).shape == (3, 1, 256, 256)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no pictures or clips"):
        load_luma_set(tmp_path)


def test_training_stops_in_time_resumes_and_writes_weights(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    _pictures(data)
    rows: list[dict[str, float]] = []
    first = train_detail(data, tmp_path / "run", 0.02, resume=False, tell=rows.append, recipe=TINY)
    steps = rows[-1]["step"]
    train_detail(data, tmp_path / "run", 0.04, resume=True, tell=rows.append, recipe=TINY)
    assert rows[-1]["step"] > steps >= 1
    assert {"x2", "x4", "noise_x1", "codec_x1"} <= set(rows[-1])
    weights = load_weights(first)
    assert weights.statement["config.blocks"] == "1"
    assert any(name.startswith("condition.") for name in weights.tensors)
    assert (tmp_path / "run" / "log.csv").read_text().count("\n") == 3


def test_the_loop_learns_and_averages(tmp_path: Path) -> None:
    torch.manual_seed(0)
    line = torch.nn.Linear(1, 1)
    loop = TimedLoop(line, tmp_path, LoopConfig(minutes=0.01, learning_rate=0.1, warmup_steps=1))
    x = torch.linspace(-1, 1, 64)[:, None]
    loop.run(lambda: (line(x) - 3 * x).square().mean(), lambda _: {}, lambda _: None)
    assert float(loop.average.state_dict()["weight"]) == pytest.approx(3.0, abs=0.2)
