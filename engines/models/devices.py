"""Which processor runs the networks."""

from __future__ import annotations

import torch

from engines.errors import ModelError

DEVICES = ("cpu", "cuda", "mps")


def check_device(name: str) -> str:
    """`name` if networks can run there. Raises ModelError otherwise."""
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name not in available:
        raise ModelError(f"There is no device {name!r}.", f"Choose one of {', '.join(DEVICES)}.")
    if not available[name]:
        raise ModelError(f"This machine or this build of PyTorch offers no {name} device.", "Use --device cpu.")
    return name


def out_of_memory(error: BaseException) -> bool:
    """Whether an exception means that memory ran out, in any of the ways the libraries say it."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    words = str(error).lower()
    return isinstance(error, RuntimeError) and ("not enough memory" in words or "can't allocate" in words)
