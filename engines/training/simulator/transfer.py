"""What a transfer does to captured patches, the same at every moment of a patch: fields and tones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engines.training.simulator.interlace import bobbed, combed
from engines.training.simulator.levels import Levels
from engines.training.simulator.motion_blur import moved
from engines.training.simulator.reach import DegradationRange


@dataclass(frozen=True)
class Transfer:
    """One of B patches: amount of combing (0: none, below 0: one field only), parity of the later field, tones."""

    comb: NDArray[np.float64]
    parity: NDArray[np.intp]
    levels: tuple[Levels | None, ...]

    @staticmethod
    def drawn(count: int, rng: np.random.Generator, reach: DegradationRange) -> Transfer:
        """`count` transfers at random."""
        woven = rng.random(count) < reach.interlaced_share
        amounts = np.where(rng.random(count) < 0.3, -1.0, rng.uniform(0.3, 1.0, count))
        slips = rng.random(count) < reach.slipped_share
        levels = tuple(Levels.drawn(rng) if slip else None for slip in slips)
        return Transfer(np.where(woven, amounts, 0.0), rng.integers(2, size=count), levels)

    def of(self, chosen: NDArray[np.intp]) -> Transfer:
        """The transfers of some of the patches."""
        return Transfer(self.comb[chosen], self.parity[chosen], tuple(self.levels[i] for i in chosen))

    def applied(self, luma: Tensor, shifts: Tensor) -> Tensor:
        """luma: B x 1 x H x W; shifts: B x 2, pixels (right, down) of movement from frame to frame."""
        chosen = np.flatnonzero(self.comb)
        if not chosen.size:
            return self.toned(luma)
        answer = luma.clone()
        later = moved(luma[chosen], 0.5 * shifts[chosen])
        for i, second in zip(chosen, later, strict=True):
            parity, amount = int(self.parity[i]), float(self.comb[i])
            answer[i] = combed(luma[i], second, amount, parity) if amount > 0 else bobbed(luma[i], parity)
        return self.toned(answer)

    def toned(self, luma: Tensor) -> Tensor:
        """Tones only: what a faithful answer to the degraded patches has, too."""
        if not any(self.levels):
            return luma
        pairs = zip(luma, self.levels, strict=True)
        return torch.stack([patch if slip is None else slip.applied(patch) for patch, slip in pairs])
