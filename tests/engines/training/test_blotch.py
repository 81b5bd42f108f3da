"""The recipe `dirt`: examples with known damage, a short run, and a fit of how sure the segmenter may be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engines.models.weights import load_weights
from engines.nets.blotch import BlotchConfig, BlotchNet
from engines.training.blotch import train_blotch
from engines.training.blotch_bank import SIDE, examples, split_clips
from engines.training.blotch_sureness import fit_sureness
from tests.clips import write_clip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "video"
    folder.mkdir(parents=True)
    for name in ("a", "b"):
        write_clip(folder / f"{name}.mp4", frames=6, width=128, height=96, codec="libx264", pix_fmt="yuv420p")
    return folder.parent


def test_examples_are_seeded_and_damaged(data: Path) -> None:
    training, held = split_clips(data)
    assert training
    assert held
    one, again, other = (list(examples(training[:1], (), seed, 3)) for seed in (1, 1, 2))
    assert all(example.shape == (6, SIDE, SIDE) and example.dtype == np.uint8 for example in one)
    assert all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))
    assert not np.array_equal(one[0], other[0])
    assert any(example[5].any() for example in one + other)


def test_a_short_run_leaves_weights_and_how_sure_they_are(data: Path, tmp_path: Path) -> None:
    path = train_blotch(data, tmp_path / "run", 0.001, False)
    weights = load_weights(path)
    assert weights.statement["network"] == "blotch"
    assert int(weights.statement["steps"]) > 0
    assert weights.tensors["sureness"].isfinite().all()
    network = BlotchNet()
    network.load_state_dict({k.removeprefix("blotch."): v for k, v in weights.tensors.items() if k != "sureness"})


def test_no_clips_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no clips"):
        train_blotch(tmp_path, tmp_path / "run", 0.001, False)


def test_sureness_tells_dirt_from_sound() -> None:
    """A network that answers with the distance from its neighbours: large spots are dirt, faint ones are not."""
    network = BlotchNet(BlotchConfig(8, 8, 8)).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
        bias = network.head.bias
        assert bias is not None
        bias[:16] = -3.0
        bias[17] = 2.0
    rng = np.random.default_rng(3)
    made = np.full((6, 6, 64, 64), 100, np.uint8)
    made[:, 5] = 0
    for example in made:
        for _ in range(4):
            y, x = rng.integers(4, 56, 2)
            example[0, y : y + 4, x : x + 4], example[5, y : y + 4, x : x + 4] = 220, 120
            y, x = rng.integers(4, 56, 2)
            example[0, y, x] = np.where(example[5, y, x] > 0, example[0, y, x], 160)
    sureness, score = fit_sureness(network, made)
    assert score > 0.9
    # Mean and greatest logit, log2 of the area, unrest, stature.
    large, small = sureness.confidence(np.array([[4.5, 4.5, 4.0, 0.0, 6.9], [0.75, 0.75, 0.0, 0.0, 5.9]]))
    assert small < 0.5 < large
