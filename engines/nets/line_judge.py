"""The network that tells a scratch from an upright thing that the camera saw, by its straightened surroundings."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

CHANNELS = 7
"""Planes of a patch; the fourth says where the line is (`engines.scratch.patches`)."""
FACTS = 6
_WHERE = 3


@dataclass(frozen=True)
class LineJudgeConfig:
    """Size of the network."""

    channels: int = 24


class LineJudge(nn.Module):
    """Four convolutions that shrink across the line, then means along it, on it and beyond its ends."""

    def __init__(self, config: LineJudgeConfig | None = None) -> None:
        super().__init__()
        self.config = config or LineJudgeConfig()
        c = self.config.channels
        sizes = ((CHANNELS, c, (1, 1)), (c, c, (2, 2)), (c, c + 8, (2, 2)), (c + 8, c + 8, (1, 2)))
        self.layers = nn.ModuleList(nn.Conv2d(i, o, 3, stride=s, padding=1) for i, o, s in sizes)
        self.mix = nn.Linear(3 * 4 * (c + 8) + FACTS, 48)
        self.judge = nn.Linear(48, 1)
        self.register_buffer("mean", torch.zeros(FACTS))
        self.register_buffer("spread", torch.ones(FACTS))
        self.register_buffer("temperature", torch.ones(()))
        for layer in self.layers:
            assert isinstance(layer, nn.Conv2d)
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")

    mean: Tensor
    spread: Tensor
    temperature: Tensor

    def forward(self, patches: Tensor, facts: Tensor) -> Tensor:
        """K x CHANNELS x R x 25 and K x FACTS -> K, the logarithm of the odds that it is a scratch."""
        x = patches
        for layer in self.layers:
            x = functional.relu(layer(x))
        rows = x.shape[2]
        on = functional.adaptive_avg_pool2d(patches[:, _WHERE : _WHERE + 1, :, :1], (rows, 1))
        along = x.flatten(3).transpose(2, 3).flatten(1, 2)
        inside = _mean(along, on)
        roughness = (_mean((along - inside[..., None]) ** 2, on) + 1e-4).sqrt()
        beyond = _mean(along, 1 - on)
        told = torch.cat((inside, roughness, beyond, (facts - self.mean) / self.spread), 1)
        answer: Tensor = self.judge(functional.relu(self.mix(told)))[:, 0]
        return answer


def _mean(along: Tensor, weight: Tensor) -> Tensor:
    """K x C x R with weights K x 1 x R x 1 -> K x C."""
    weight = weight[..., 0]
    return (along * weight).sum(2) / weight.sum(2).clamp(min=1e-3)
