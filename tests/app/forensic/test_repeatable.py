"""What computes a forensic render is what was shipped, in one way only."""

from __future__ import annotations

import pytest
import torch

from app.forensic.repeatable import CHANGES_NUMBERS, THREADS, refuse_unlike, repeatable
from engines.errors import SettingError


@pytest.mark.parametrize("name", sorted(CHANGES_NUMBERS))
def test_variables_that_change_numbers_are_refused_by_name(name: str) -> None:
    refuse_unlike({})
    with pytest.raises(SettingError, match=name):
        refuse_unlike({name: ""})


def test_pytorch_is_strict_as_long_as_the_context() -> None:
    torch.set_float32_matmul_precision("high")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with repeatable():
            assert torch.are_deterministic_algorithms_enabled()
            assert torch.get_float32_matmul_precision() == "highest"
            assert torch.get_num_threads() == THREADS
        assert torch.get_num_threads() == 1
        assert not torch.are_deterministic_algorithms_enabled()
        assert torch.get_float32_matmul_precision() == "high"
    finally:
        torch.set_float32_matmul_precision("highest")
        torch.set_num_threads(before)
