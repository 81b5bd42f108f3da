"""The network that tells photographic grain from digital noise, compression and clean picture, patch by patch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

KINDS = ("grain", "digital", "compression", "clean")
"""What it tells apart, in the order of its answers."""

PATCH = 64
"""Side of a patch in pixels."""

PLANES = 3
"""High-passed luma, local brightness, high-passed difference to the aligned neighbour (zeros without one)."""


@dataclass(frozen=True)
class GrainKindConfig:
    """Size of the network."""

    channels: int = 24


class GrainKindNet(nn.Module):
    """Five small convolutions, then mean and spread over the patch: texture, not objects, decides."""

    def __init__(self, config: GrainKindConfig | None = None) -> None:
        super().__init__()
        self.config = config or GrainKindConfig()
        c = self.config.channels
        widths = ((PLANES, c, 1), (c, c, 1), (c, c + 8, 2), (c + 8, c + 8, 1), (c + 8, 2 * c, 2))
        self.layers = nn.ModuleList(nn.Conv2d(i, o, 3, stride=s, padding=1) for i, o, s in widths)
        self.judge = nn.Linear(4 * c, len(KINDS))
        # Divides the mean answer of a shot's patches, so that the confidence is what it says.
        self.temperature: Tensor
        self.register_buffer("temperature", torch.ones(()))
        for layer in self.layers:
            assert isinstance(layer, nn.Conv2d)
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")

    def forward(self, patches: Tensor) -> Tensor:
        """B x PLANES x PATCH x PATCH -> B x len(KINDS), unnormalised logarithms of probability."""
        x = patches
        for layer in self.layers:
            x = functional.relu(layer(x))
        told = torch.cat((x.mean(dim=(2, 3)), (x.var(dim=(2, 3)) + 1e-4).sqrt()), dim=1)
        answer: Tensor = self.judge(told)
        return answer
