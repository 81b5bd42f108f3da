"""The segmenter at work answers as it was trained to."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engines.dirt.evidence import Evidence, rank_order
from engines.dirt.judge import logits_of
from engines.nets.blotch import GRID, BlotchConfig, BlotchNet, planes_of


@pytest.mark.parametrize("size", [(2 * GRID, 3 * GRID), (GRID + 5, 2 * GRID - 3), (3, 1)])
def test_cells_give_what_planes_give(size: tuple[int, int]) -> None:
    torch.manual_seed(1)
    network = BlotchNet(BlotchConfig(8, 8, 8)).eval()
    torch.nn.init.normal_(network.head.weight, std=0.1)
    rng = np.random.default_rng(2)
    evidence = Evidence(rng.integers(0, 256, size, np.uint8), rng.integers(0, 256, (4, *size), np.uint8))
    said = logits_of(network, evidence)
    spare = ((0, -size[0] % GRID), (0, -size[1] % GRID))
    current = np.pad(evidence.current, spare, mode="edge")
    neighbours = np.pad(evidence.neighbours, ((0, 0), *spare), mode="edge")
    rank = np.pad(rank_order(evidence), spare, mode="edge")
    planes = (torch.from_numpy(plane.astype(np.float32))[None] for plane in (current[None], neighbours, rank[None]))
    with torch.inference_mode():
        wanted = network(planes_of(*planes))[0, 0, : size[0], : size[1]].numpy()
    assert said.shape == size
    assert np.allclose(said, wanted, atol=1e-3)
