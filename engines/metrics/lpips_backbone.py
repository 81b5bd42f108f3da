"""Builds LPIPS (Zhang et al. 2018) from the `lpips` package and a backbone file, with nothing downloaded."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import Tensor

from engines.errors import ModelError
from engines.models.torchvision_ops import declare_missing_operators
from engines.plain_file import check_plain


@dataclass(frozen=True)
class Backbone:
    """An ImageNet network that LPIPS' linear layers were fitted to; `file` is torchvision's name of its weights."""

    net: str
    title: str
    file: str


BACKBONES = (
    Backbone("alex", "AlexNet", "alexnet-owt-7be5be79.pth"),
    Backbone("vgg", "VGG16", "vgg16-397923af.pth"),
    Backbone("squeeze", "SqueezeNet", "squeezenet1_1-b8a52dc0.pth"),
)


def load_lpips(path: Path, backbone: Backbone) -> Callable[[Tensor, Tensor], Tensor]:
    """A function of two B x 3 x H x W display RGB tensors (0..255). Raises ModelError."""
    try:
        # First of all: lpips imports torchvision.
        declare_missing_operators()
        import lpips
    except ImportError as error:
        raise ModelError(
            f"LPIPS needs the packages lpips and torchvision ({error}).", "Install them: pip install tratteggio[lpips]."
        ) from error
    with warnings.catch_warnings():
        # lpips still speaks to torchvision of before 0.13.
        warnings.filterwarnings("ignore", category=UserWarning, module="torchvision")
        model: Any = lpips.LPIPS(net=backbone.net, pnet_rand=True, verbose=False)
    _fill(model.net, path)
    model.eval().requires_grad_(False)

    def compare(a: Tensor, b: Tensor) -> Tensor:
        distance: Tensor = model(a / 127.5 - 1.0, b / 127.5 - 1.0).mean()
        return distance

    return compare


def _fill(net: Any, path: Path) -> None:
    """Put torchvision's `features.3.weight` where lpips keeps it (`slice2.3.weight`)."""
    unfit = ModelError(f"The backbone {path} does not fit its name.", "Fetch torchvision's own file again.")
    try:
        check_plain(path)
        found = torch.load(path, map_location="cpu", weights_only=True)
    except (UnpicklingError, RuntimeError, OSError, EOFError) as error:
        raise ModelError(f"The backbone {path} cannot be read.", "Fetch torchvision's own file again.") from error
    wanted = {name: f"features.{name.partition('.')[2]}" for name in net.state_dict()}
    if not isinstance(found, dict) or not set(wanted.values()) <= set(found):
        raise unfit
    try:
        net.load_state_dict({ours: found[theirs] for ours, theirs in wanted.items()})
    except RuntimeError as error:
        raise unfit from error
