"""How noisy and how compressed a shot is, read off a few of its frames by the estimator network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from engines.detect.shots import Shot
from engines.nets.condition import NOISE_UNIT, ConditionNet, condition_step
from engines.types import FrameNo

# Frames looked at per shot, and the side of the centre cut looked at in each.
_FRAMES = 5
_SIDE = 512
# Below these (8-bit codes) an estimate says more of the estimator than of the picture: clean material stays clean.
_LEAST_NOISE = 0.7
_LEAST_STEP = 4.0


@dataclass(frozen=True)
class Degradation:
    """noise: standard deviation, fraction of the nominal range (0..0.2). step: quantiser step, 8-bit codes (0..127)."""

    noise: float
    step: float


def sample_frames(shot: Shot) -> tuple[FrameNo, ...]:
    """A few frame numbers spread evenly over the shot, ends avoided (splices)."""
    count = shot.last - shot.first + 1
    wanted = min(_FRAMES, count)
    return tuple(shot.first + (2 * i + 1) * count // (2 * wanted) for i in range(wanted))


@contextmanager
def _one_thread() -> Iterator[None]:
    """How convolutions are split among threads decides their last bits, and with these what a whole shot is told."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def estimate(lumas: list[NDArray[np.float32]], network: ConditionNet, device: str) -> Degradation:
    """Median over places, then over frames, of H x W nominal luma pictures; without any, nothing is assumed wrong."""
    if not lumas:
        return Degradation(0.0, 0.0)
    answers = []
    for luma in lumas:
        top, left = max(0, (luma.shape[0] - _SIDE) // 2), max(0, (luma.shape[1] - _SIDE) // 2)
        cut = np.ascontiguousarray(luma[top : top + _SIDE, left : left + _SIDE])
        with _one_thread(), torch.inference_mode():
            answer = network(torch.from_numpy(cut)[None, None].clamp(0, 1).to(device))
        answers.append(answer[0].flatten(1).median(dim=1).values.cpu().numpy())
    noise, step = np.clip(np.median(np.stack(answers), axis=0), 0.0, 1.0)
    found = Degradation(float(noise) * NOISE_UNIT, condition_step(float(step)))
    return Degradation(
        found.noise if found.noise * 255.0 >= _LEAST_NOISE else 0.0,
        found.step if found.step >= _LEAST_STEP else 0.0,
    )
