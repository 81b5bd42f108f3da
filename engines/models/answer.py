"""What the runtimes run: FidelityNet at one scale as a plain function of its planes, and the graph of its steps."""

from __future__ import annotations

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from engines.nets.fidelity import FarSight, FidelityNet


class Answer(nn.Module):
    """Input planes, B x (3 + config.extra) x H x W, to B x M x sH x sW: the correction that is added to the enlarged
    luma and, with `doubt`, the log variance as second plane. Both heads are one convolution here."""

    def __init__(self, net: FidelityNet, scale: int, doubt: bool = False) -> None:
        """Shares the weights of `net`. Raises KeyError for a scale or a doubt it has no head for."""
        super().__init__()
        self.scale = scale
        self.net = net
        if doubt and not net.config.doubt:
            raise KeyError("the network predicts no variance")
        heads = [net.heads[str(scale)], *([net.doubts[str(scale)]] if doubt else [])]
        self.head = joined(heads)

    def forward(self, planes: Tensor) -> Tensor:
        return functional.pixel_shuffle(self.head(self.net.features(planes)), self.scale)

    @property
    def inputs(self) -> int:
        """How many planes go in."""
        return 3 + self.net.config.extra


def joined(heads: list[nn.Module]) -> nn.Conv2d:
    """Convolutions of one input as one convolution, outputs one after another."""
    parts = [head for head in heads if isinstance(head, nn.Conv2d)]
    width, first = sum(part.out_channels for part in parts), parts[0]
    whole = nn.Conv2d(first.in_channels, width, 3, padding=1, device=first.weight.device)
    whole.weight = nn.Parameter(torch.cat([part.weight.detach() for part in parts]))
    whole.bias = nn.Parameter(torch.cat([_bias(part) for part in parts]))
    return whole.eval().requires_grad_(False)


def _bias(part: nn.Conv2d) -> Tensor:
    return part.weight.new_zeros(part.out_channels) if part.bias is None else part.bias.detach()


def steps(answer: Answer) -> fx.GraphModule:
    """Its steps, one node each, named after the modules they come from."""
    return fx.GraphModule(answer, _Tracer().trace(answer))


class _Tracer(fx.Tracer):
    """What is far is one step: it asks for sizes, which tracing cannot follow."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return isinstance(m, FarSight) or super().is_leaf_module(m, module_qualified_name)
