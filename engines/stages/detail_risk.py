"""How likely a visible error is, pixel by pixel, at both ends of stage `detail`'s slider."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engines.detect.degradation import Degradation
from engines.stages.detail_answers import Answers

Picture = NDArray[np.float32]

REACH = 0
BEND = 1.0


def risks(answers: Answers, source: Picture, scale: int, told: Degradation) -> tuple[Picture, ...]:
    """Risk (0..1) of each end by re-degradation consistency. source: luma of the same region, h x w."""
    tolerance = np.float32(3.0 * (told.noise + told.step / 255.0 / 4.0 + 2.0 / 255.0))
    found = []
    for answer in (answers.faithful, answers.perceptual):
        if answer is not None:
            height, width = source.shape
            small = answer.reshape(height, scale, width, scale).mean(axis=(1, 3), dtype=np.float32)
            share = np.clip(np.abs(small - source) / tolerance, 0.0, 1.0)
            found.append(share.repeat(scale, 0).repeat(scale, 1))
    return tuple(found)


def threshold(risk: float, scale: int) -> float:
    """Risk above which a pixel of the perceptual end is flagged."""
    return 1.0 - risk if scale > 1 else 1.0
