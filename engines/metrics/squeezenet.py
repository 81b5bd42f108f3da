"""SqueezeNet 1.1's convolutional features (Iandola et al. 2016), under torchvision's parameter names."""

from __future__ import annotations

import torch
from torch import Tensor, nn

# After these layers the seven feature maps are taken, as LPIPS takes them.
_TAPS = (1, 4, 7, 9, 10, 11, 12)


class Fire(nn.Module):
    """Squeeze to few channels by 1x1, expand by 1x1 and 3x3 side by side."""

    def __init__(self, before: int, squeezed: int, each: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(before, squeezed, 1)
        self.expand1x1 = nn.Conv2d(squeezed, each, 1)
        self.expand3x3 = nn.Conv2d(squeezed, each, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.squeeze(x).relu()
        return torch.cat([self.expand1x1(x).relu(), self.expand3x3(x).relu()], 1)


class SqueezeNetFeatures(nn.Module):
    """B x 3 x H x W (normalised as the weights want it) to seven maps of 64 to 512 channels at 1/2 to 1/16 size."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 3, stride=2),
            nn.ReLU(),
            nn.MaxPool2d(3, 2, ceil_mode=True),
            Fire(64, 16, 64),
            Fire(128, 16, 64),
            nn.MaxPool2d(3, 2, ceil_mode=True),
            Fire(128, 32, 128),
            Fire(256, 32, 128),
            nn.MaxPool2d(3, 2, ceil_mode=True),
            Fire(256, 48, 192),
            Fire(384, 48, 192),
            Fire(384, 64, 256),
            Fire(512, 64, 256),
        )

    def forward(self, x: Tensor) -> list[Tensor]:
        maps = []
        for index, layer in enumerate(self.features):
            x = layer(x)
            if index in _TAPS:
                maps.append(x)
        return maps
