"""Lets torchvision be imported beside a PyTorch build that its compiled operators do not fit; we never call them."""

from __future__ import annotations

import contextlib
import importlib.util
from pathlib import Path

import torch

_SCHEMA = "{}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_OPERATORS = ("nms", "qnms")
# Held for good: definitions vanish with their library object.
_held: list[torch.library.Library] = []


def declare_missing_operators() -> bool:
    """Call before importing torchvision; may be called again. Returns whether anything had to be declared.

    torchvision's import registers kernels for `nms` and `qnms` and fails where nothing has declared them, as with a
    CUDA build of torchvision beside a CPU build of PyTorch.
    """
    if _held:
        return True
    spec = importlib.util.find_spec("torchvision")
    if spec is None or spec.submodule_search_locations is None:
        return False
    _load_compiled(Path(spec.submodule_search_locations[0]))
    missing = [name for name in _OPERATORS if not hasattr(torch.ops.torchvision, name)]
    if missing:
        library = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
        for name in missing:
            library.define(_SCHEMA.format(name))  # type: ignore[no-untyped-call]
        _held.append(library)
    return bool(missing)


def _load_compiled(folder: Path) -> None:
    """Load torchvision's own operators where they fit: what they declare must not be declared twice."""
    for path in sorted(p for p in folder.glob("_C.*") if p.suffix in (".so", ".pyd", ".dylib")):
        # Whether it loads is the question; torchvision itself asks it in the same way.
        with contextlib.suppress(OSError):
            torch.ops.load_library(path)  # type: ignore[no-untyped-call]
