"""Halation: light that passed the emulsion, came back from the film base and glows around highlights."""

from __future__ import annotations

import cv2
import torch
from torch import Tensor

from engines.training.simulator.optics import coded, linear

# Linear light above which there is enough of it to come back visibly.
_ONSET = 0.5


def glowing(luma: Tensor, radius: float, strength: float) -> Tensor:
    """H x W gamma-coded luma (0..1) with a glow of standard deviation `radius` pixels (> 0) around highlights.

    strength: share of the highlights' light that returns (Mees and James, "The Theory of the Photographic Process").
    Brightens only; clipped at 1.
    """
    light = linear(luma)
    excess = (light - _ONSET).clamp(min=0).numpy()
    glow = torch.from_numpy(cv2.GaussianBlur(excess, (0, 0), radius, borderType=cv2.BORDER_REFLECT))
    return coded(light + strength * glow)
