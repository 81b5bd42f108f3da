"""The blotch segmenter: which pixels of a frame are dirt, given its neighbours moved onto it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

CELL = 4
"""The trunk works on cells of so many pixels a side; sizes must be multiples of `GRID`."""
GRID = CELL * 4
PLANES = 6
"""Luma, four neighbours minus luma, rank order."""
SCALES = (1 / 128, 1 / 32, 1 / 32, 1 / 32, 1 / 32, 1 / 32)
"""What each of them is multiplied by, from differences of codes; luma counts from 128. Powers of two."""
WEIGHTS = 2
"""What a pixel brings along itself: see `pixel_evidence`."""


@dataclass(frozen=True)
class BlotchConfig:
    """Channels of the three levels."""

    fine: int = 32
    middle: int = 48
    coarse: int = 64


class BlotchNet(nn.Module):
    """A small U-Net (Ronneberger et al., MICCAI 2015) over cells of 4 x 4 pixels (space to depth).

    Its head says for each pixel directly what it thinks, and per cell how much the pixel's own rank order and distance
    from its neighbours weigh, so that edges are as sharp as the evidence though the trunk is coarse.
    """

    def __init__(self, config: BlotchConfig | None = None) -> None:
        super().__init__()
        self.config = config or BlotchConfig()
        fine, middle, coarse = self.config.fine, self.config.middle, self.config.coarse
        self.stem = _conv(PLANES * CELL * CELL, fine)
        self.near = _conv(fine, fine)
        self.down = _conv(fine, middle, 2)
        self.around = nn.Sequential(_conv(middle, middle), nn.ReLU(inplace=True), _conv(middle, middle))
        self.far = _conv(middle, coarse, 2)
        self.wide = nn.Sequential(_conv(coarse, coarse), nn.ReLU(inplace=True), _conv(coarse, coarse))
        self.rise = nn.Conv2d(coarse, middle, 1)
        self.meet = _conv(middle, middle)
        self.climb = nn.Conv2d(middle, fine, 1)
        self.join = _conv(fine, fine)
        self.head = _conv(fine, CELL * CELL + WEIGHTS)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        nn.init.normal_(self.head.weight, std=1e-2)

    def forward(self, planes: Tensor) -> Tensor:
        """planes: B x PLANES x H x W of `planes_of`, H and W multiples of GRID. Returns logits, B x 1 x H x W."""
        said = self.said(self.stem(functional.pixel_unshuffle(planes, CELL)))
        direct = functional.pixel_shuffle(said[:, : CELL * CELL], CELL)
        weights = functional.interpolate(said[:, CELL * CELL :], scale_factor=float(CELL), mode="nearest")
        return direct + (weights * pixel_evidence(planes)).sum(1, keepdim=True)

    def said(self, stemmed: Tensor) -> Tensor:
        """What the head says of each cell, given what the stem made of it: B x (CELL**2 + WEIGHTS) x H/CELL x W/CELL.

        First a logit for each pixel of the cell, row by row, then the weights of `pixel_evidence`.
        """
        fine = functional.relu(stemmed, inplace=True)
        fine = functional.relu(fine + self.near(fine), inplace=True)
        middle = functional.relu(self.down(fine), inplace=True)
        middle = functional.relu(middle + self.around(middle), inplace=True)
        coarse = functional.relu(self.far(middle), inplace=True)
        coarse = functional.relu(coarse + self.wide(coarse), inplace=True)
        middle = middle + _doubled(self.rise(coarse))
        middle = functional.relu(middle + self.meet(middle), inplace=True)
        fine = fine + _doubled(self.climb(middle))
        fine = functional.relu(fine + self.join(fine), inplace=True)
        said: Tensor = self.head(fine)
        return said


def planes_of(current: Tensor, neighbours: Tensor, rank: Tensor) -> Tensor:
    """current: B x 1 x H x W, neighbours: B x 4 x H x W, rank: B x 1 x H x W, codes 0..255 (rank -255..255), float."""
    codes = torch.cat((current - 128.0, neighbours - current, rank), dim=1)
    return codes * torch.tensor(SCALES, dtype=codes.dtype)[None, :, None, None]


def pixel_evidence(planes: Tensor) -> Tensor:
    """B x WEIGHTS x H x W: the rank order without its sign, and the lesser distance from the nearest neighbours."""
    least = torch.minimum(planes[:, 1:2].abs(), planes[:, 2:3].abs())
    return torch.cat((planes[:, 5:6].abs(), least), dim=1)


def _conv(inside: int, outside: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inside, outside, 3, padding=1, stride=stride)


def _doubled(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")
