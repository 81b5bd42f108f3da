"""The critic that P's adversarial training argues with: tells real luma from restored luma, patch by patch."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm


class Critic(nn.Module):
    """Patch critic (Isola et al. 2017) with spectral normalisation (Miyato et al. 2018); used in training only."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        steps = ((1, width, 3, 1), (width, width * 2, 4, 2), (width * 2, width * 4, 4, 2), (width * 4, width * 4, 4, 2))
        layers: list[nn.Module] = []
        for before, after, size, stride in steps:
            layers += [spectral_norm(nn.Conv2d(before, after, size, stride, 1)), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, spectral_norm(nn.Conv2d(width * 4, 1, 3, 1, 1)))

    def forward(self, luma: Tensor) -> Tensor:
        """B x 1 x H x W (0..1) -> B x 1 x H/8 x W/8, larger where it looks real."""
        out: Tensor = self.layers((luma - 0.5) * 4.0)
        return out
