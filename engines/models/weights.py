"""The one way weights are written and read: safetensors with a training statement, SHA-256 recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from engines.errors import ModelError
from engines.plain_file import check_plain


@dataclass(frozen=True)
class Weights:
    """A weight file in memory: tensors by name, the statement of how they were trained, the digest of the file."""

    tensors: Mapping[str, Tensor]
    statement: Mapping[str, str]
    sha256: str


def save_weights(path: Path, tensors: Mapping[str, Tensor], statement: Mapping[str, str]) -> None:
    """Write `path` whole or not at all."""
    partial = path.with_suffix(".partial")
    save_file({k: v.detach().float().contiguous() for k, v in tensors.items()}, partial, dict(statement))
    partial.replace(path)


def load_weights(path: Path) -> Weights:
    """Read a safetensors file. Raises ModelError where it is missing or is no such file."""
    if not path.is_file():
        raise ModelError(f"The weight file {path} is missing.", "Reinstall Tratteggio, or train it: tratteggio train.")
    try:
        check_plain(path)
        with safe_open(path, framework="pt") as source:
            tensors = {name: source.get_tensor(name) for name in source.keys()}  # noqa: SIM118 - not a dict
            statement = dict(source.metadata() or {})
    except (SafetensorError, OSError) as error:
        raise ModelError(f"The weight file {path} cannot be read ({error}).", "Restore it from a good copy.") from error
    return Weights(tensors, statement, hashlib.sha256(path.read_bytes()).hexdigest())
