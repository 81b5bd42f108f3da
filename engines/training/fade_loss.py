"""How far two pictures are apart to the eye, differentiable: what the fade predictor learns to make small."""

from __future__ import annotations

import torch
from torch import Tensor

_TO_XYZ = ((0.4123908, 0.3575843, 0.1804808), (0.2126390, 0.7151687, 0.0721923), (0.0193308, 0.1191948, 0.9505322))
_WHITE = (0.9504559, 1.0, 1.0890578)
_EDGE = 216.0 / 24389.0


def lab(pictures: Tensor) -> Tensor:
    """B x 3 x N nominal R'G'B' (BT.709 primaries, BT.1886) -> B x 3 x N CIE L*a*b* (CIE 15), D65."""
    shown = pictures.clamp(0.0, 1.0)
    # A leak keeps a gradient where the picture leaves the range.
    light = (shown + 0.02 * (pictures - shown)).clamp_min(1e-4) ** 2.4
    matrix = torch.tensor(_TO_XYZ).to(light) / torch.tensor(_WHITE).to(light)[:, None]
    xyz = matrix @ light
    root = torch.where(xyz > _EDGE, xyz.clamp_min(_EDGE) ** (1 / 3), xyz * (841.0 / 108.0) + 4.0 / 29.0)
    x, y, z = root.unbind(dim=1)
    return torch.stack((116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)), dim=1)


def difference(pictures: Tensor, truth: Tensor) -> Tensor:
    """B x 3 x N twice -> B x N: the difference of CIE 94 weighed by the truth's chroma, close to CIEDE2000."""
    first, second = lab(pictures), lab(truth)
    chroma, other = (torch.linalg.vector_norm(side[:, 1:] + 1e-3, dim=1) for side in (second, first))
    light = first[:, 0] - second[:, 0]
    gap = other - chroma
    ab = (first[:, 1:] - second[:, 1:]).square().sum(dim=1)
    hue = (ab - gap.square()).clamp_min(0.0)
    # CIEDE2000 makes differences of light smaller far from middle grey.
    middle = (second[:, 0] - 50.0).square()
    weight = 1.0 + 0.015 * middle / (20.0 + middle).sqrt()
    total = (light / weight).square() + (gap / (1 + 0.045 * chroma)).square() + hue / (1 + 0.015 * chroma).square()
    answer: Tensor = (total + 0.05).sqrt()
    return answer
