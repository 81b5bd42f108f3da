"""How sure it is that traced lines are scratches: the shipped network, asked once for all lines of a window."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray

from engines.errors import ModelError
from engines.models.registry import weights_folder
from engines.models.weights import load_weights
from engines.nets.line_judge import LineJudge, LineJudgeConfig


@dataclass(frozen=True, eq=False)
class Judge:
    """sha256: of the weight file, for content keys."""

    network: LineJudge
    sha256: str

    def probability(self, patches: NDArray[np.float32], facts: NDArray[np.float32]) -> NDArray[np.float32]:
        """K probabilities, 0..1, from what `engines.scratch.patches` gives."""
        with torch.inference_mode():
            said = self.network(torch.from_numpy(patches), torch.from_numpy(facts)) / self.network.temperature
            return np.asarray(torch.sigmoid(said).numpy(), np.float32)


@lru_cache(maxsize=1)
def load_judge() -> Judge:
    """The shipped one. Raises ModelError."""
    path = weights_folder() / "scratch.safetensors"
    weights = load_weights(path)
    try:
        network = LineJudge(LineJudgeConfig(channels=int(weights.statement["config.channels"])))
        network.load_state_dict(dict(weights.tensors))
    except (KeyError, ValueError, RuntimeError) as error:
        raise ModelError(f"The weight file {path} belongs to another network.", "Reinstall Tratteggio.") from error
    return Judge(network.eval().requires_grad_(False), weights.sha256)
