"""The network that judges how a film faded from a small picture of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from engines.fade.parameters import GLOBAL, LIMITS, SIZE, TOE
from engines.fade.tensors import limited, restored

SIDE = 48
"""Width and height in pixels of the pictures it sees, whatever their shape was."""

_RANKS = (0.005, 0.02, 0.06, 0.15, 0.3, 0.5, 0.7, 0.85, 0.94, 0.98, 0.995)
_DROPPED = 0.1
"""Share of what is seen that is withheld in training: no single sign is relied on."""

_K = 2.4 / math.log(10.0)


@dataclass(frozen=True)
class FadePredictorConfig:
    """Size of the network. rounds: how often it looks at what its answer makes of the picture."""

    channels: int = 24
    hidden: int = 192
    rounds: int = 3


class FadePredictor(nn.Module):
    """Looks at the scan and at what its parameters make of it, and corrects them: a few rounds of the same network.

    A small convolutional network tells skies, leaves and skin from casts; ranked densities of the channels tell ranges.
    """

    def __init__(self, config: FadePredictorConfig | None = None) -> None:
        super().__init__()
        self.config = config or FadePredictorConfig()
        c, hidden = self.config.channels, self.config.hidden
        widths = ((6, c, 2), (c, 2 * c, 2), (2 * c, 2 * c, 1), (2 * c, 3 * c, 2), (3 * c, 4 * c, 2))
        self.layers = nn.ModuleList(nn.Conv2d(i, o, 3, stride=s, padding=1) for i, o, s in widths)
        for layer in self.layers:
            assert isinstance(layer, nn.Conv2d)
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        # Mean, most and coarse layout of the last layer; ranks, means and products of densities; the answer so far.
        seen = (4 + 4 + 2 * 4) * c + 6 * len(_RANKS) + 2 * 9 + SIZE
        self.judge = nn.Sequential(nn.Linear(seen, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU())
        self.answer = nn.Linear(hidden, SIZE)
        self.doubt = nn.Linear(hidden, 2)
        nn.init.zeros_(self.answer.weight)
        nn.init.zeros_(self.answer.bias)
        nn.init.zeros_(self.doubt.weight)
        nn.init.ones_(self.doubt.bias)
        scale = torch.from_numpy(LIMITS).float()
        scale[GLOBAL:] *= 0.3
        self.scale: Tensor
        self.register_buffer("scale", scale * 0.5)

    def forward(self, pictures: Tensor) -> list[tuple[Tensor, Tensor]]:
        """B x 3 x SIDE x SIDE nominal R'G'B' -> for every round B x SIZE parameters, and B x 2: log of the expected
        difference (CIEDE2000) from the unfaded picture before and after the restoration.
        """
        raw = pictures.new_zeros((len(pictures), SIZE))
        first = _densities(pictures)
        answers: list[tuple[Tensor, Tensor]] = []
        for _ in range(self.config.rounds):
            # Each round learns to better what it is given; what came before is not changed for its sake.
            with torch.no_grad():
                raw = raw.detach()
                now = _densities(restored(limited(raw), pictures)) if answers else first
            seen = self._seen(first, now, raw / self.scale)
            raw = raw + self.answer(seen) * self.scale
            answers.append((limited(raw), self.doubt(seen)))
        return answers

    def _seen(self, first: Tensor, now: Tensor, vectors: Tensor) -> Tensor:
        x = torch.cat((first, now), dim=1) - 0.7
        for layer in self.layers:
            x = functional.relu(layer(x))
        x = x.float()
        rows, columns = x.mean(dim=3), x.mean(dim=2)
        layout = torch.cat(((rows[:, :, 0] - rows[:, :, -1]), (columns[:, :, 0] - columns[:, :, -1])), dim=1)
        convolved = (x.mean(dim=(2, 3)), x.amax(dim=(2, 3)), layout)
        told = (*convolved, _ranked(first), _ranked(now))
        whole = torch.cat((*told, _products(first), _products(now), vectors), dim=1)
        out: Tensor = self.judge(functional.dropout(whole, _DROPPED, self.training))
        return out


def _densities(pictures: Tensor) -> Tensor:
    return -_K * torch.log((pictures + TOE).clamp_min(1e-2) / (1 + TOE))


def _ranked(densities: Tensor) -> Tensor:
    """B x 3 * ranks: densities that shares of the picture do not exceed."""
    flat = densities[:, :, ::2, ::2].flatten(2).sort(dim=2).values
    places = [round(rank * (flat.shape[2] - 1)) for rank in _RANKS]
    return flat[:, :, places].flatten(1)


def _products(densities: Tensor) -> Tensor:
    """B x 9: means, and how channels vary together."""
    flat = densities.flatten(2)
    mean = flat.mean(dim=2)
    off = flat - mean[:, :, None]
    both = off @ off.transpose(1, 2) / flat.shape[2]
    return torch.cat((mean, 3.0 * both[:, (0, 0, 0, 1, 1, 2), (0, 1, 2, 1, 2, 2)]), dim=1)
