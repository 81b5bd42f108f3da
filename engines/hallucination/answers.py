"""Runs F and P on still pictures of which the truth is known: what fitting and judging look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engines.hallucination.evidence import Evidence
from engines.models.registry import read_fidelity
from engines.nets.condition import NOISE_UNIT, condition_step
from engines.nets.fidelity import SEED_PLANES, FidelityNet, enlarge
from engines.training.degradations import DegradationRange, degrade

Picture = NDArray[np.float32]

CLEAN = DegradationRange(noisy_share=0.0, compressed_share=0.0)
"""Reduced and rounded to 8 bits, nothing else."""


@dataclass(frozen=True, eq=False)
class Judged:
    """Evidence about a picture whose truth (H x W, 0..1) is known."""

    evidence: Evidence
    truth: Picture

    @property
    def change(self) -> Picture:
        """P - F: what the slider adds."""
        assert self.evidence.perceptual is not None
        return self.evidence.perceptual - self.evidence.faithful


@dataclass(frozen=True, eq=False)
class Pair:
    """F and P, ready to infer on the CPU."""

    faithful: FidelityNet
    perceptual: FidelityNet

    def judged(
        self, truth: Picture, scale: int, rng: np.random.Generator, reach: DegradationRange = CLEAN, seeds: int = 2
    ) -> Judged:
        """Degrade `truth` (H x W, 0..1, cut to multiples of `scale`) and restore it; the networks are told the truth.

        `seeds`: answers of P, 1 or 2.
        """
        height, width = (side // scale * scale for side in truth.shape)
        truth = np.ascontiguousarray(truth[:height, :width], dtype=np.float32)
        degraded = degrade(torch.from_numpy(truth)[None, None], scale, rng, reach)
        generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
        f, doubt = self._run(self.faithful, degraded.luma, degraded.condition, scale, None)
        drawn = [
            self._run(self.perceptual, degraded.luma, degraded.condition, scale, generator)[0] for _ in range(seeds)
        ]
        noise, step = degraded.condition[0].tolist()
        evidence = Evidence(
            np.ascontiguousarray(degraded.luma[0, 0].numpy()),
            f,
            drawn[0],
            scale,
            noise * NOISE_UNIT,
            condition_step(step),
            doubt,
            drawn[1] if seeds > 1 else None,
        )
        return Judged(evidence, truth)

    @staticmethod
    def _run(
        network: FidelityNet, luma: Tensor, condition: Tensor, scale: int, seed: torch.Generator | None
    ) -> tuple[Picture, Picture | None]:
        """The answer, and the log variance where the network predicts it. With a `seed` the last planes are noise."""
        extra = luma.new_zeros(1, network.config.extra, *luma.shape[-2:])
        if seed is not None:
            extra[:, -SEED_PLANES:] = torch.randn(1, SEED_PLANES, *luma.shape[-2:], generator=seed)
        with torch.inference_mode():
            planes = network.planes(luma, condition, extra).contiguous(memory_format=torch.channels_last)
            features = network.features(planes)
            answer = enlarge(luma, scale) + network.correction(features, scale)
            doubt = network.log_variance(features, scale)[0, 0].numpy() if network.config.doubt else None
        return np.ascontiguousarray(answer[0, 0].numpy()), doubt


def load_pair(detail: Path, perceptual: Path) -> Pair:
    """F out of a `detail` weight file and P out of a `perceptual` one. Raises ModelError."""
    return Pair(read_fidelity(detail), read_fidelity(perceptual))
