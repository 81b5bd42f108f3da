"""Recipe `scratch`: draws lines from any pictures, tells planted from others, and leaves weights that load."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.models.weights import load_weights
from engines.nets.line_judge import LineJudge, LineJudgeConfig
from engines.training.scratch import ScratchRecipe, train_scratch
from engines.training.scratch_set import lines, sources


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "images"
    folder.mkdir(parents=True)
    for number in range(6):
        noise = np.random.default_rng(number).standard_normal((240, 320)).astype(np.float32)
        soft = cv2.GaussianBlur(noise, (0, 0), 4) * 200 + 120
        cv2.imwrite(str(folder / f"still_{number}.png"), np.clip(soft, 0, 255).astype(np.uint8))
    return tmp_path / "data"


def test_lines_are_the_same_for_the_same_seed(pictures: Path) -> None:
    known = sources(pictures, held_out=False)
    assert known
    assert not set(known) & set(sources(pictures, held_out=True))
    first, second = (list(lines(known, 2, 5)) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        assert np.array_equal(one.patches, other.patches)
        assert np.array_equal(one.truth, other.truth)
    assert any(one.truth.any() for one in first)


def test_the_recipe_leaves_weights_that_load(pictures: Path, tmp_path: Path) -> None:
    told: list[dict[str, float]] = []
    recipe = ScratchRecipe(windows=3, held_out=2, batch=8, config=LineJudgeConfig(channels=8))
    path = train_scratch(pictures, tmp_path / "out", 0.01, False, told.append, recipe)
    weights = load_weights(path)
    LineJudge(LineJudgeConfig(channels=int(weights.statement["config.channels"]))).load_state_dict(
        dict(weights.tensors)
    )
    assert told[-1]["step"] > 0


def test_without_pictures_the_recipe_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no pictures"):
        train_scratch(tmp_path, tmp_path / "out", 0.01, False)
