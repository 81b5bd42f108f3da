"""Degrades consecutive frames together: noise new in every frame, one real codec pass over all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engines.nets.condition import noise_condition, step_condition
from engines.training.simulator.codecs import code
from engines.training.simulator.noise import Noise, surviving
from engines.training.simulator.reach import DegradationRange
from engines.training.simulator.sampling import shrink
from engines.training.simulator.steps import equivalent_step

# Frames coded before those that are returned, at the most: clips are not always cut at a key frame.
_MOST_LEAD = 3


@dataclass(frozen=True)
class DegradedClip:
    """luma: N x h x w (0..1); condition: 2, true for the whole clip; planted: noise sigma before the codec (0..1).

    step: equivalent JPEG step of what the codecs did, 8-bit code values, 0 where there was none.
    """

    luma: Tensor
    condition: Tensor
    planted: float
    step: float


def degrade_clip(
    frames: NDArray[np.generic] | Tensor, rng: np.random.Generator, reach: DegradationRange, scale: int = 1
) -> DegradedClip:
    """frames: N x H x W consecutive luma frames, uint8 (0..255) or float (0..1); H and W multiples of `scale`.

    Sampled `scale` times smaller, then noise of one strength and look (independent in every frame), 8-bit
    quantisation, and one or two passes of a real video codec, in whose stream the frames may follow others.
    """
    clean = shrink(_unit(frames)[:, None], scale)
    lead = int(rng.integers(min(_MOST_LEAD, len(clean) - 1) + 1)) if len(clean) > 1 else 0
    # The same movement backwards is a movement that real frames can make, and ends where the clip begins.
    whole = torch.cat((clean[1 : lead + 1].flip(0), clean))
    shot = Noise.drawn(1, rng, reach)
    every = Noise(shot.sigmas.expand(len(whole)), shot.look)
    noise = every.fresh(whole, rng)
    before = ((whole + noise).clamp(0, 1) * 255.0).round()
    coded = before[:, 0].numpy().astype(np.uint8)
    step = 0.0
    if rng.random() < reach.compressed_share:
        original = coded
        for _ in range(2 if rng.random() < reach.again_share else 1):
            coded = code(coded, reach.setting(reach.clip_codecs, rng))
        step = equivalent_step(original[lead:], coded[lead:])
    luma = torch.from_numpy(coded[lead:].astype(np.float32) / np.float32(255.0))
    clean, noise = clean[:, 0], noise[lead:, 0]
    left = float(surviving(noise[None], clean[None], luma[None]))
    condition = torch.tensor([noise_condition(left), step_condition(step)], dtype=torch.float32)
    return DegradedClip(luma, condition, float(noise.square().mean().sqrt()), step)


def _unit(frames: NDArray[np.generic] | Tensor) -> Tensor:
    whole = frames if isinstance(frames, Tensor) else torch.from_numpy(np.ascontiguousarray(frames))
    return whole.float() / 255.0 if whole.dtype == torch.uint8 else whole.float()
