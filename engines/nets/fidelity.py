"""F, the fidelity network: the conditional mean of clean luma at x1, x2 or x4, given noisy, compressed luma."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

TEMPORAL_PLANES = 2
"""Extra planes of F: the motion-compensated mean of neighbours minus luma, and its support (`engines.temporal`)."""

SEED_PLANES = 4
"""Planes of standard normal noise that the perceptual twin P takes besides what F takes: one picture per seed."""


@dataclass(frozen=True)
class FidelityConfig:
    """Size of the network. `receptive_radius` follows from it and sets the tile margin."""

    channels: int = 64
    blocks: int = 6
    scales: tuple[int, ...] = (1, 2, 4)
    extra: int = 0
    """Further input planes besides luma and its degradation; zeros where the caller has none."""
    doubt: bool = False
    """Whether it also predicts the variance of its own error."""
    far: bool = False
    """Whether it also looks far around on a coarse grid, for patterns larger than its trunk sees."""

    @property
    def receptive_radius(self) -> int:
        """Input pixels that one output pixel sees in each direction (bicubic skip included)."""
        near = max(1 + 2 * self.blocks + 1 + 1, 4)
        return near + FarSight.RADIUS if self.far else near

    @property
    def grid(self) -> int:
        """Tiles must begin on multiples of this many pixels."""
        return FarSight.CELL if self.far else 1


class ResidualBlock(nn.Module):
    """conv-ReLU-conv plus identity; ReLU (not PReLU) because it quantises well."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        # In place: no later step needs what they overwrite, and passing over memory is what they cost.
        out: Tensor = self.second(functional.relu(self.first(x), inplace=True))
        return out.add_(x)


class FarSight(nn.Module):
    """Dilated convolutions over means of cells (after Yu and Koltun, ICLR 2016): what is there far around."""

    CELL = 8
    _DILATIONS = (1, 2, 4, 8, 1)
    RADIUS = CELL * (sum(_DILATIONS) + 2)

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Conv2d(channels, channels, 3, padding=d, dilation=d) for d in self._DILATIONS)
        self.out = nn.Conv2d(channels, channels, 1)

    def forward(self, features: Tensor) -> Tensor:
        """B x C x H x W in, the same size out."""
        height, width = features.shape[-2:]
        spare = (0, -width % self.CELL, 0, -height % self.CELL)
        cells = functional.avg_pool2d(functional.pad(features, spare, mode="replicate"), self.CELL)
        for layer in self.layers:
            cells = cells + functional.relu(layer(cells))
        grown = functional.interpolate(self.out(cells), scale_factor=float(self.CELL), mode="bilinear")
        return grown[..., :height, :width]


class FidelityNet(nn.Module):
    """One trunk at source resolution, one pixel-shuffle head per scale (Shi et al., CVPR 2016; Lim et al., EDSR, 2017).

    The network predicts a correction to the bicubically enlarged luma, so an untrained head answers bicubic.
    Conditioning (noise sigma, compression strength) enters as two constant planes, after FFDNet (Zhang et al., 2018).
    """

    def __init__(self, config: FidelityConfig | None = None) -> None:
        super().__init__()
        self.config = config or FidelityConfig()
        width = self.config.channels
        self.stem = nn.Conv2d(3 + self.config.extra, width, 3, padding=1)
        self.trunk = nn.Sequential(*(ResidualBlock(width) for _ in range(self.config.blocks)))
        self.fuse = nn.Conv2d(width, width, 3, padding=1)
        self.heads = nn.ModuleDict({str(s): nn.Conv2d(width, s * s, 3, padding=1) for s in self.config.scales})
        if self.config.far:
            self.far = FarSight(width)
            self.meet = nn.Sequential(*(ResidualBlock(width) for _ in range(2)))
        self.apply(_initialise)
        if self.config.far:
            # It begins as the same network without it.
            nn.init.zeros_(self.far.out.weight)
        for head in self.heads.values():
            assert isinstance(head, nn.Conv2d)
            nn.init.normal_(head.weight, std=1e-3)
        if self.config.doubt:
            self.doubts = nn.ModuleDict({str(s): nn.Conv2d(width, s * s, 3, padding=1) for s in self.config.scales})

    def forward(self, luma: Tensor, condition: Tensor, scale: int, extra: Tensor | None = None) -> Tensor:
        """luma: B x 1 x H x W, nominal range 0..1; condition: B x 2 (noise, compression), each 0..1;
        extra: B x config.extra x H x W, None for zeros.

        Returns B x 1 x sH x sW. Raises KeyError for a scale the network has no head for.
        """
        return enlarge(luma, scale) + self.correction(self.features(self.planes(luma, condition, extra)), scale)

    def planes(self, luma: Tensor, condition: Tensor, extra: Tensor | None = None) -> Tensor:
        """All input planes, B x (3 + config.extra) x H x W; arguments as in `forward`."""
        size = luma.shape[-2:]
        told = condition[:, :, None, None].expand(-1, -1, *size).to(luma.dtype)
        if extra is None:
            extra = luma.new_zeros(luma.shape[0], self.config.extra, *size)
        return torch.cat((luma, told, extra), dim=1)

    def features(self, planes: Tensor) -> Tensor:
        """What all heads read, B x channels x H x W."""
        features: Tensor = self.stem(planes)
        features = features + self.fuse(self.trunk(features))
        if self.config.far:
            # What was seen far away and what is here meet before the heads.
            features = self.meet(features + self.far(features))
        return features

    def correction(self, features: Tensor, scale: int) -> Tensor:
        """What is added to the enlarged luma, B x 1 x sH x sW."""
        return functional.pixel_shuffle(self.heads[str(scale)](features), scale)

    def log_variance(self, features: Tensor, scale: int) -> Tensor:
        """Natural logarithm of the expected squared error (nominal range 0..1), B x 1 x sH x sW."""
        return functional.pixel_shuffle(self.doubts[str(scale)](features), scale)


def enlarge(luma: Tensor, scale: int) -> Tensor:
    """Bicubic enlargement by an integer factor (Keys, a = -0.5, as MATLAB's imresize); identity for 1."""
    if scale == 1:
        return luma
    return functional.interpolate(luma, scale_factor=float(scale), mode="bicubic", antialias=True)


def _initialise(module: nn.Module) -> None:
    """He initialisation; the second convolution of a block starts small so that deep stacks start near identity."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    if isinstance(module, ResidualBlock):
        with torch.no_grad():
            module.second.weight.mul_(0.1)
