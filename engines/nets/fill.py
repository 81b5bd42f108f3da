"""The fill network: a U-Net that turns a smooth continuation into a hole into the conditional mean of the picture."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

FILL_PLANES = 3
"""Y', Cb, Cr."""


@dataclass(frozen=True)
class FillConfig:
    """Size of the network: channels at a half, a quarter, an eighth and a sixteenth of the picture."""

    half: int = 32
    quarter: int = 64
    eighth: int = 96
    sixteenth: int = 128

    @property
    def widths(self) -> tuple[int, ...]:
        return (self.half, self.quarter, self.eighth, self.sixteenth)

    @property
    def grid(self) -> int:
        """Width and height of what it is given must be multiples of this many pixels."""
        return 1 << len(self.widths)


class _Block(nn.Module):
    """Two convolutions around the identity; the second begins small, so that the untrained stack is calm."""

    def __init__(self, channels: int, dilation: int = 1) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        for layer in (self.first, self.second):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            assert layer.bias is not None
            nn.init.zeros_(layer.bias)
        with torch.no_grad():
            self.second.weight.mul_(0.2)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.second(functional.relu(self.first(functional.relu(x))))
        return out + x


class FillNet(nn.Module):
    """Masked autoencoder (Pathak et al., CVPR 2016; U-Net after Ronneberger et al. 2015; dilations after Yu 2016).

    It is told the smooth continuation of the known into the hole and adds what is missing, so that the untrained
    network answers the smooth continuation. Its finest grid is half the picture's (pixel shuffle).
    """

    _DILATIONS = (1, 2, 4, 1)

    def __init__(self, config: FillConfig | None = None) -> None:
        super().__init__()
        self.config = config or FillConfig()
        widths = self.config.widths
        self.stem = nn.Conv2d(4 * (FILL_PLANES + 1), widths[0], 3, padding=1)
        self.down = nn.ModuleList(nn.Conv2d(fine, coarse, 2, stride=2) for fine, coarse in pairwise(widths))
        self.before = nn.ModuleList(_Block(width) for width in widths[:-1])
        self.bottom = nn.Sequential(*(_Block(widths[-1], dilation) for dilation in self._DILATIONS))
        self.up = nn.ModuleList(nn.Conv2d(coarse, fine, 1) for fine, coarse in pairwise(widths))
        self.after = nn.ModuleList(nn.Sequential(_Block(width), _Block(width)) for width in widths[:-1])
        self.head = nn.Conv2d(widths[0], 4 * FILL_PLANES, 3, padding=1)
        nn.init.zeros_(self.head.weight)
        assert self.head.bias is not None
        nn.init.zeros_(self.head.bias)

    def forward(self, smooth: Tensor, hole: Tensor) -> Tensor:
        """Fill `hole` in `smooth`; what is not hole comes back as it was.

        smooth: B x 3 x H x W, Y' 0..1 and Cb, Cr -0.5..0.5, the hole already continued smoothly. hole: B x 1 x H x W,
        1 where nothing is known, else 0. H and W are multiples of `config.grid`.
        """
        # How bright the picture is as a whole does not matter to what is missing.
        centred = smooth - smooth.mean(dim=(2, 3), keepdim=True)
        told = torch.cat((centred, hole), dim=1).to(self.stem.weight.dtype)
        level: Tensor = self.stem(functional.pixel_unshuffle(told, 2))
        levels = []
        for before, down in zip(self.before, self.down, strict=True):
            level = before(level)
            levels.append(level)
            level = down(level)
        level = self.bottom(level)
        for i in reversed(range(len(levels))):
            grown = functional.interpolate(self.up[i](level), scale_factor=2.0, mode="nearest")
            level = self.after[i](levels[i] + grown)
        added = functional.pixel_shuffle(self.head(functional.relu(level)), 2)
        return smooth + hole * added.to(smooth.dtype)
