"""Before and after: what the detail networks gain on held-out frames, degradation by degradation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType

import numpy as np
import torch

from engines.nets.fidelity import enlarge
from engines.training.degradations import DegradationRange, degrade
from engines.training.detail import DetailPair, draw_patches
from engines.training.tune_data import Picture

TASKS: Mapping[str, tuple[int, DegradationRange]] = MappingProxyType(
    {
        "x2": (2, DegradationRange(noisy_share=0, compressed_share=0)),
        "x4": (4, DegradationRange(noisy_share=0, compressed_share=0)),
        "noise x1": (1, DegradationRange(noisy_share=1, compressed_share=0)),
        "codec x1": (1, DegradationRange(noisy_share=0, compressed_share=1)),
        "mixed x2": (2, DegradationRange()),
    }
)
"""Enlargement and degradations of every row."""

# A row may fall by this share of what the rows gain in the mean, and by what the table's two decimals cannot show (dB).
_PRICE, _UNSEEN = 0.5, 0.005
# Less than this in the mean (dB) is not worth another model.
_WORTHWHILE = 0.02
# Small batches: each draws its codec anew.
_CROP, _BATCH = 128, 4


@dataclass(frozen=True)
class Row:
    """PSNR in dB on luma: of the degraded picture (bicubically enlarged), of the networks before and after."""

    task: str
    degraded: float
    before: float
    after: float

    @property
    def change(self) -> float:
        return self.after - self.before


def scores(
    pair: DetailPair | None,
    pictures: Sequence[Picture],
    crops: int,
    seed: int,
    check: Callable[[], None] = lambda: None,
) -> dict[str, float]:
    """PSNR in dB of every task on the same `crops` crops for every `pair`; None scores the degraded input.

    The networks read the degradation off the picture themselves, as the stage does. check: called now and then; what
    it raises leaves.
    """
    side = min(_CROP, min(min(picture.shape) for picture in pictures) // 8 * 8)
    found: dict[str, float] = {}
    for name, (scale, reach) in TASKS.items():
        rng = np.random.default_rng(seed)
        error, count = 0.0, 0
        while count < crops:
            check()
            number = min(_BATCH, crops - count)
            clean = draw_patches(tuple(pictures), number, side, rng)
            degraded = degrade(clean, scale, rng, reach)
            with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
                if pair is None:
                    answer = enlarge(degraded.luma, scale)
                else:
                    condition = pair.condition(degraded.luma).float().mean(dim=(2, 3)).clamp(0, 1)
                    answer = pair.fidelity(degraded.luma, condition, scale)
            error += float((answer.float().clamp(0, 1) - clean).square().mean()) * number
            count += number
        found[name] = float(-10 * np.log10(max(error / count, 1e-8)))
    return found


def rows(degraded: Mapping[str, float], before: Mapping[str, float], after: Mapping[str, float]) -> tuple[Row, ...]:
    return tuple(Row(task, degraded[task], before[task], after[task]) for task in degraded)


def mean_change(before: Mapping[str, float], after: Mapping[str, float]) -> float:
    """Mean of all rows, dB."""
    return float(np.mean([after[task] - before[task] for task in before]))


def is_better(before: Mapping[str, float], after: Mapping[str, float]) -> bool:
    """The mean is better by something worth having, and no row paid more for it than half of that."""
    gained = mean_change(before, after)
    price = _UNSEEN + _PRICE * max(gained, 0.0)
    return gained >= _WORTHWHILE and all(after[task] >= before[task] - price for task in before)


def as_json(table: Sequence[Row]) -> list[dict[str, float | str]]:
    """Rows for cards and events: task, degraded, before, after, change; dB."""
    return [
        {k: round(v, 3) if isinstance(v, float) else v for k, v in asdict(row).items()}
        | {"change": round(row.change, 3)}
        for row in table
    ]
