"""The recipe of the grain network: examples of every kind, and weights that can be read back."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from engines.grain.kind import read_kind_model
from engines.nets.grain_kind import KINDS, PATCH, PLANES
from engines.training.grain_kind import GrainKindRecipe, degraded, draw, train_grain_kind


def _still(folder: Path) -> None:
    rng = np.random.default_rng(1)
    for number in range(3):
        coarse = rng.integers(20, 230, (12, 16)).astype(np.uint8)
        cv2.imwrite(str(folder / f"{number}.png"), cv2.resize(coarse, (256, 192), interpolation=cv2.INTER_CUBIC))


def test_every_kind_is_drawn_and_a_strong_codec_leaves_only_its_own_errors() -> None:
    clean = np.full((4, 96, 96), 0.5, np.float32)
    drawn = [degraded(clean, kind, np.random.default_rng(seed))[1] for kind in range(4) for seed in range(6)]
    assert set(drawn) == set(range(len(KINDS)))
    kept, kind = degraded(clean, KINDS.index("clean"), np.random.default_rng(3))
    assert kind == KINDS.index("clean")
    assert np.abs(kept - clean).max() < 3 / 255
    patches, _ = draw([np.full((1, 200, 260), 90, np.uint8)], 4, np.random.default_rng(1))
    assert patches.shape[1:] == (PLANES, PATCH, PATCH)


def test_training_writes_weights_that_can_be_read(tmp_path: Path) -> None:
    _still(tmp_path)
    recipe = GrainKindRecipe(fresh=1, patches=2, batch=4, judged=1, remembered=8)
    path = train_grain_kind(tmp_path, tmp_path / "out", 0.01, False, recipe=recipe)
    model = read_kind_model(path)
    assert 0.1 < float(model.network.temperature) < 10
    assert (tmp_path / "out" / "log.csv").exists()
