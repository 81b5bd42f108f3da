"""Small models of a known architecture (spandrel's DnCNN and SRVGG) with weights whose answers are easy to foresee."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

needs_spandrel = pytest.mark.skipif(
    importlib.util.find_spec("spandrel") is None, reason="needs spandrel: pip install tratteggio[community]"
)


def srvgg(path: Path, *, scale: int = 2, bias: float = 0.0, sharpen: float = 0.0, channels: int = 8) -> Path:
    """A Real-ESRGAN compact net, RGB: nearest enlargement plus `bias` plus `sharpen` times a Laplacian of each channel.

    bias 2 answers white whatever it is shown.
    """
    tensors: dict[str, Tensor] = {
        "body.0.weight": torch.zeros(channels, 3, 3, 3),
        "body.0.bias": torch.zeros(channels),
        "body.1.weight": torch.ones(channels),
        "body.2.weight": torch.zeros(channels, channels, 3, 3),
        "body.2.bias": torch.zeros(channels),
        "body.3.weight": torch.ones(channels),
        "body.4.weight": torch.zeros(3 * scale * scale, channels, 3, 3),
        "body.4.bias": torch.full((3 * scale * scale,), bias),
    }
    kernel = torch.tensor([[0.0, -1.0, 0.0], [-1.0, 4.0, -1.0], [0.0, -1.0, 0.0]])
    for colour in range(3):
        tensors["body.0.weight"][colour, colour] = kernel
        tensors["body.2.weight"][colour, colour, 1, 1] = 1.0
        tensors["body.4.weight"][colour * scale * scale : (colour + 1) * scale * scale, colour, 1, 1] = sharpen
    save(path, tensors)
    return path


def save(path: Path, tensors: dict[str, Tensor]) -> None:
    if path.suffix == ".safetensors":
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path)
    else:
        torch.save({"params": tensors}, path)
