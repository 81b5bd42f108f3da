from __future__ import annotations

import numpy as np
import torch

from engines.detect.degradation import Degradation, estimate
from engines.models.registry import load_detail
from engines.nets.condition import ConditionNet


def test_the_estimate_does_not_depend_on_the_number_of_threads() -> None:
    network = load_detail("cpu").condition
    rng = np.random.default_rng(5)
    # A size at which convolutions were seen to differ in their last bits.
    lumas = [(0.5 + 0.04 * rng.standard_normal((240, 320))).astype(np.float32) for _ in range(3)]
    threads = torch.get_num_threads()
    found = set()
    try:
        for count in (1, 2, 3, 4, 5):
            torch.set_num_threads(count)
            found.add(estimate(lumas, network, "cpu"))
            assert torch.get_num_threads() == count
    finally:
        torch.set_num_threads(threads)
    assert len(found) == 1
    assert found.pop().noise > 0


def test_without_pictures_nothing_is_assumed_wrong() -> None:
    assert estimate([], ConditionNet().eval(), "cpu") == Degradation(0.0, 0.0)
