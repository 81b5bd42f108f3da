from __future__ import annotations

import numpy as np
import torch

from engines.detect.degradation import Degradation, estimate
from engines.nets.condition import ConditionNet


def test_the_estimate_does_not_depend_on_the_number_of_threads() -> None:
    torch.manual_seed(3)
    network = ConditionNet().eval()
    rng = np.random.default_rng(5)
    lumas = [rng.random((270, 330), np.float32) for _ in range(2)]
    threads = torch.get_num_threads()
    found = set()
    try:
        for count in (1, 2, 3, 5):
            torch.set_num_threads(count)
            found.add(estimate(lumas, network, "cpu"))
            assert torch.get_num_threads() == count
    finally:
        torch.set_num_threads(threads)
    assert len(found) == 1


def test_without_pictures_nothing_is_assumed_wrong() -> None:
    assert estimate([], ConditionNet().eval(), "cpu") == Degradation(0.0, 0.0)
