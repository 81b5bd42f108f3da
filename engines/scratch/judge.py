"""How sure it is that traced lines are scratches: one network, asked once for all lines of a window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from engines.nets.line_judge import LineJudge


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
