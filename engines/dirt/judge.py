"""The blotch segmenter at work: logits of a frame from its evidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from engines.dirt.evidence import Evidence, rank_order
from engines.nets.blotch import GRID, BlotchNet, planes_of

Logits = NDArray[np.float32]
"""H x W: the logarithm of the odds that a pixel is dirt."""


@dataclass(frozen=True)
class Sureness:
    """How logits become detections, fitted on clips that the network did not learn from.

    least: the logit that a candidate's pixels must reach. weights: of 1 and of `engines.dirt.components.FEATURES`.
    """

    least: float
    weights: tuple[float, ...]

    def confidence(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """N x FEATURES features -> N probabilities that a candidate is dirt."""
        odds = self.weights[0] + features @ np.asarray(self.weights[1:])
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(odds, -30, 30))))


@dataclass(frozen=True, eq=False)
class BlotchModel:
    """network: in bfloat16, in evaluation. sha256: of the weight file."""

    network: BlotchNet
    sureness: Sureness
    sha256: str


def logits_of(network: BlotchNet, evidence: Evidence) -> Logits:
    """In the network's own precision; pictures whose sides are no multiple of the grid are continued at the edge."""
    height, width = evidence.current.shape
    kind = next(network.parameters()).dtype
    planes = planes_of(
        _tensor(evidence.current[None], kind),
        _tensor(evidence.neighbours, kind),
        _tensor(rank_order(evidence)[None], kind),
    )
    spare = (0, -width % GRID, 0, -height % GRID)
    with torch.inference_mode():
        grown = functional.pad(planes, spare, mode="replicate").contiguous(memory_format=torch.channels_last)
        said: Tensor = network(grown)
    return np.asarray(said[0, 0, :height, :width].float().numpy())


def _tensor(planes: NDArray[np.generic], kind: torch.dtype) -> Tensor:
    return torch.from_numpy(planes)[None].to(kind)
