"""What makes the bits of a forensic render the same wherever it is repeated; what does not is refused."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch

from engines.errors import SettingError
from engines.models.shipped import check_shipped

CHANGES_NUMBERS = frozenset(
    {
        "ATEN_CPU_CAPABILITY",
        "DNNL_DEFAULT_FPMATH_MODE",
        "DNNL_MAX_CPU_ISA",
        "MKL_CBWR",
        "MKL_DYNAMIC",
        "MKL_DEBUG_CPU_TYPE",
        "MKL_ENABLE_INSTRUCTIONS",
        "NPY_DISABLE_CPU_FEATURES",
        "NPY_ENABLE_CPU_FEATURES",
        "OMP_DYNAMIC",
        "OMP_THREAD_LIMIT",
        "ONEDNN_DEFAULT_FPMATH_MODE",
        "ONEDNN_MAX_CPU_ISA",
        "OPENBLAS_CORETYPE",
        "OPENCV_CPU_DISABLE",
        "OPENCV_IPP",
    }
)
"""Variables by which the libraries below us compute in other ways."""

THREADS = 4
"""Of PyTorch, whatever the machine has and whoever asks for others: how sums are split among threads decides their last
bits (measured: the estimate of a shot's noise by 1e-6, and with it every pixel by up to 2e-4 codes).
"""


def refuse_unlike(environment: Mapping[str, str] = os.environ) -> None:
    """Raises SettingError where what computes is not what was shipped; ModelError names a weight file that is not."""
    found = sorted(CHANGES_NUMBERS & environment.keys())
    if found:
        raise SettingError(
            f"The environment variable {found[0]} changes how numbers are computed; a forensic render refuses it.",
            f"Start again without it (unset {found[0]}).",
        )
    check_shipped()


@contextmanager
def repeatable(on: bool = True) -> Iterator[None]:
    """PyTorch in full float32 precision, with deterministic algorithms and THREADS threads, as long as the context."""
    if not on:
        yield
        return
    strict, precision = torch.are_deterministic_algorithms_enabled(), torch.get_float32_matmul_precision()
    threads = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    torch.use_deterministic_algorithms(True)
    torch.set_float32_matmul_precision("highest")
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(strict)
        torch.set_float32_matmul_precision(precision)
