"""The networks that runtimes and other machines run, by name: weights, digest, planes and INT8 ranges."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engines.errors import ModelError
from engines.models.quantise import Range, load_ranges
from engines.models.registry import describe_model, luma_names, read_fidelity, weights_folder
from engines.nets.fidelity import SEED_PLANES, FidelityNet

_FIRST = ("luma (nominal 0..1)", "noise condition", "compression condition")
_NEAR = ("motion-compensated mean of neighbouring frames minus luma (0 for stills)", "its support, 0..1 (0 for stills)")


@dataclass(frozen=True, eq=False)
class Deployed:
    """seeds: how many of the last planes are standard normal noise. sha256: of the weight file."""

    name: str
    network: FidelityNet
    seeds: int
    sha256: str

    @property
    def planes(self) -> tuple[str, ...]:
        """What each input plane holds, in order."""
        near = self.network.config.extra - self.seeds
        return (*_FIRST, *_NEAR[:near], *("standard normal noise",) * self.seeds)


def deployed(name: str) -> Deployed:
    """Raises ModelError for a name that is no luma network of ours, and for unreadable weights."""
    if name not in luma_names():
        raise ModelError(f"There is no network {name!r} to deploy.", f"There are: {', '.join(luma_names())}.")
    entry = describe_model(name)
    return Deployed(name, read_fidelity(entry.path), SEED_PLANES if name == "perceptual" else 0, entry.sha256)


def ranges_path(name: str) -> Path:
    """Where the INT8 ranges of a shipped network lie."""
    return weights_folder() / f"{name}.int8.json"


def shipped_ranges(name: str) -> dict[str, Range] | None:
    """The INT8 ranges of the shipped weights; None where none were measured for just these. Raises ModelError."""
    return load_ranges(ranges_path(name), deployed(name).sha256)
