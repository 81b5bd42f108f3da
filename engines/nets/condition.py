"""The degradation estimator: reads noise and compression strength off a degraded luma picture."""

from __future__ import annotations

import math

from torch import Tensor, nn
from torch.nn import functional

# Conditioning scale: 1.0 means a noise standard deviation of 0.2 of the nominal range.
NOISE_UNIT = 0.2
# Conditioning scale: 1.0 means a quantiser step of 127 8-bit code values.
_STEP_BITS = 7.0


def noise_condition(sigma: float) -> float:
    """Noise standard deviation (fraction of the nominal range, 0..0.2) -> conditioning value 0..1."""
    return min(max(sigma / NOISE_UNIT, 0.0), 1.0)


def step_condition(step: float) -> float:
    """Quantiser step in 8-bit code values (0 = uncompressed) -> conditioning value 0..1."""
    return min(max(math.log2(1.0 + step) / _STEP_BITS, 0.0), 1.0)


def condition_step(value: float) -> float:
    """Inverse of `step_condition`."""
    return float(2.0 ** (value * _STEP_BITS) - 1.0)


class ConditionNet(nn.Module):
    """Fully convolutional, so that a frame gives a map of local estimates of which the caller takes the median."""

    def __init__(self, channels: int = 32) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, channels, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(channels, 2, 1),
        )

    def forward(self, luma: Tensor) -> Tensor:
        """B x 1 x H x W (0..1) -> B x 2 x H/8 x W/8 local (noise, compression) conditions."""
        # High-passed input: noise and block edges live there, and flat brightness must not matter.
        smooth = functional.avg_pool2d(functional.pad(luma, (2, 2, 2, 2), mode="replicate"), 5, stride=1)
        out: Tensor = self.layers((luma - smooth) * 10.0)
        return out
