"""Recipe of the INT8 ranges: what the activations of a shipped network take on degraded training pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engines.models.answer import Answer
from engines.models.deploy import Deployed
from engines.models.quantise import Range, measure_ranges
from engines.nets.fidelity import TEMPORAL_PLANES
from engines.training.datasets import load_luma_set
from engines.training.degradations import DegradationRange, degrade
from engines.training.detail import draw_patches
from engines.training.temporal_set import draw_moments, moments

SAMPLES = 64
_SIDE = 128
# Clips that moving samples are drawn from, at most: each is decoded and coded again.
_CLIPS = 3


def int8_ranges(one: Deployed, data: Path, count: int = SAMPLES, seed: int = 0) -> dict[str, Range]:
    """Degraded patches of the pictures and, for networks that take neighbours, of the clips below `data`.

    Deterministic for one folder. Raises FileNotFoundError where `data` holds no pictures.
    """
    return measure_ranges(Answer(one.network, 1), _samples(one, data, count, seed))


def _samples(one: Deployed, data: Path, count: int, seed: int) -> Iterator[NDArray[np.float32]]:
    rng = np.random.default_rng(seed)
    stills = data / "images"
    # Reading every clip as well would take minutes and show the activations nothing new.
    pictures = load_luma_set(stills if stills.is_dir() else data).training
    near = one.network.config.extra - one.seeds
    moving = list(moments(data, seed, _CLIPS)) if near == TEMPORAL_PLANES and not one.seeds else []
    for number in range(count):
        if moving and number % 2:
            luma, extra, _, condition, _ = draw_moments(moving, 1, _SIDE, rng)
        else:
            scale = int(rng.choice((1, 2, 4)))
            degraded = degrade(draw_patches(pictures, 1, _SIDE * scale, rng), scale, rng, DegradationRange())
            luma, condition = degraded.luma, degraded.condition
            noise = rng.standard_normal((1, one.seeds, *luma.shape[-2:]), dtype=np.float32)
            extra = torch.cat((luma.new_zeros(1, near, *luma.shape[-2:]), torch.from_numpy(noise)), dim=1)
        yield one.network.planes(luma, condition, extra)[0].numpy()
