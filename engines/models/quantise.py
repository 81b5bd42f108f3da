"""INT8: which values each activation takes on real pictures, and the 8-bit grid that follows from it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, fx

from engines.errors import ModelError
from engines.models.answer import Answer, steps
from engines.plain_file import read_json

# Share of the values at each end that the grid may cut off.
_OUTSIDE = 1e-4


@dataclass(frozen=True)
class Range:
    """The values an activation takes; 0 lies between them, for zero padding must stay exact."""

    low: float
    high: float


@dataclass(frozen=True)
class Grid:
    """Unsigned 8 bits: value = size * (whole - zero)."""

    size: float
    zero: int


def quantiser(values: Range) -> Grid:
    """The grid of 256 steps over `values`."""
    size = max(values.high - values.low, 1e-12) / 255.0
    return Grid(size, min(255, max(0, round(-values.low / size))))


def measure_ranges(answer: Answer, samples: Iterable[NDArray[np.float32]]) -> dict[str, Range]:
    """What every step's output takes over `samples` (planes, C x h x w each); keys are the steps' names.

    All but one value in ten thousand at each end of each sample: the rare extremes would cost every other value
    precision (measured: 0.05 dB). Answers for all scales of a network, for they differ in the last step alone.
    """
    watch = _Watch(steps(answer))
    for planes in samples:
        with torch.inference_mode():
            watch.run(torch.from_numpy(planes)[None])
    return watch.ranges


class _Watch(fx.Interpreter):
    """Runs the steps and notes what comes out of each."""

    def __init__(self, traced: fx.GraphModule) -> None:
        super().__init__(traced)
        self.ranges: dict[str, Range] = {}

    def run_node(self, n: fx.Node) -> Any:
        result = super().run_node(n)
        if n.op != "output" and isinstance(result, Tensor):
            low, high = _ends(result)
            earlier = self.ranges.get(n.name, Range(0.0, 0.0))
            self.ranges[n.name] = Range(min(earlier.low, low), max(earlier.high, high))
        return result


def _ends(values: Tensor) -> tuple[float, float]:
    flat = values.flatten()
    outside = int(flat.numel() * _OUTSIDE)
    low = flat.kthvalue(outside + 1).values
    high = flat.kthvalue(flat.numel() - outside).values
    return float(low), float(high)


def save_ranges(path: Path, ranges: Mapping[str, Range], belongs_to: str, origin: str) -> None:
    """Write `path` (JSON) whole or not at all. belongs_to: SHA-256 of the weight file; origin: what was looked at."""
    held = {name: [float(f"{r.low:.6g}"), float(f"{r.high:.6g}")] for name, r in ranges.items()}
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps({"weights": belongs_to, "origin": origin, "ranges": held}, indent=1) + "\n", "utf-8")
    partial.replace(path)


def load_ranges(path: Path, belongs_to: str) -> dict[str, Range] | None:
    """The ranges of the weight file with that SHA-256; None where `path` is missing or speaks of other weights.

    Raises ModelError where the file cannot be read.
    """
    if not path.is_file():
        return None
    try:
        held = read_json(path)
        ranges = {str(name): Range(float(low), float(high)) for name, (low, high) in held["ranges"].items()}
        of = str(held["weights"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        hint = "Restore it, or measure it again: tratteggio models calibrate."
        raise ModelError(f"The INT8 ranges {path} cannot be read ({error}).", hint) from error
    return ranges if of == belongs_to else None
