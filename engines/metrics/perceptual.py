"""Perceptual distances: LPIPS where a backbone is found, else a stand-in that is never called LPIPS."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import platformdirs
import torch
from torch import Tensor, nn

from engines.errors import MediaError, ModelError
from engines.media.display import to_rgb8
from engines.metrics.lpips_backbone import BACKBONES, load_lpips
from engines.metrics.pair import same_size
from engines.metrics.squeezenet import SqueezeNetFeatures
from engines.models.weights import load_weights
from engines.types import Frame

STAND_IN_NAME = "perceptual distance (SqueezeNet stand-in)"
FOLDER_VARIABLE = "TRATTEGGIO_LPIPS"
HOME_VARIABLE = "TRATTEGGIO_HOME"
"""Names the program's data folder, as in app.data_folder."""
_FETCH = "`tratteggio models fetch lpips-alex` fetches one, once you have agreed to the download."
_STAND_IN_FILE = "squeezenet1_1_caffe_features.safetensors"
# Mean of the Caffe training pictures, B, G, R.
_CAFFE_MEAN = (104.0, 117.0, 123.0)
_SMALLEST = 64


@dataclass(frozen=True, eq=False)
class PerceptualMeter:
    """Names itself with every number: `name` belongs next to what `distance` returns."""

    name: str
    compare: Callable[[Tensor, Tensor], Tensor]
    """Two 1 x 3 x H x W tensors of display RGB (0..255) to one number."""

    def distance(self, a: Frame, b: Frame) -> float:
        """0 for equal pictures, larger is more different. Raises MediaError for differing or too small sizes."""
        same_size(a, b)
        if min(a.width, a.height) < _SMALLEST:
            raise MediaError(f"A {self.name} needs pictures of at least {_SMALLEST}x{_SMALLEST} pixels.")
        with torch.inference_mode():
            return float(self.compare(_tensor(a), _tensor(b)))


@dataclass(frozen=True)
class Search:
    """What was found. `reason` says in a sentence why there is no LPIPS; empty where there is."""

    meter: PerceptualMeter | None
    reason: str


def find_perceptual(folder: Path | None = None) -> Search:
    """The best perceptual meter whose weights lie in `folder`, $TRATTEGGIO_LPIPS or the user's data folder.

    Raises ModelError where weights are there but cannot be read, or the packages they need are not installed.
    """
    folders = [folder] if folder is not None else usual_folders()
    for place in folders:
        for backbone in BACKBONES:
            if (place / backbone.file).is_file():
                model = load_lpips(place / backbone.file, backbone)
                return Search(PerceptualMeter(f"LPIPS ({backbone.title})", model), "")
    where = " or ".join(str(place) for place in folders)
    files = ", ".join(backbone.file for backbone in BACKBONES)
    reason = f"LPIPS was not computed: no backbone ({files}) lies in {where}. {_FETCH}"
    for place in folders:
        if (place / _STAND_IN_FILE).is_file():
            return Search(PerceptualMeter(STAND_IN_NAME, _stand_in(place / _STAND_IN_FILE)), reason)
    return Search(None, reason)


def usual_folders() -> list[Path]:
    named, home = os.environ.get(FOLDER_VARIABLE), os.environ.get(HOME_VARIABLE)
    data = Path(home) if home else platformdirs.user_data_path("tratteggio")
    return [*([Path(named)] if named else []), data / "lpips"]


def load_features(path: Path) -> SqueezeNetFeatures:
    """The stand-in's frozen backbone out of a file, or out of the folder that holds it. Raises ModelError."""
    path = path / _STAND_IN_FILE if path.is_dir() else path
    network = SqueezeNetFeatures()
    try:
        network.load_state_dict(dict(load_weights(path).tensors))
    except RuntimeError as error:
        raise ModelError(f"The weight file {path} is not a SqueezeNet 1.1.", "Restore it from a good copy.") from error
    return network.eval().requires_grad_(False)


def feature_distance(network: nn.Module, a: Tensor, b: Tensor) -> Tensor:
    """Squared differences of unit-length features of two B x 3 x H x W RGB pictures (0..255).

    Summed over channels, averaged over the pictures and layers; differentiable.
    """
    mean = torch.tensor(_CAFFE_MEAN)[None, :, None, None]
    maps = zip(*(network(picture.flip(1) - mean) for picture in (a, b)), strict=True)
    return torch.stack([(_unit(x) - _unit(y)).square().sum(1).mean() for x, y in maps]).mean()


def _stand_in(path: Path) -> Callable[[Tensor, Tensor], Tensor]:
    network = load_features(path)
    return lambda a, b: feature_distance(network, a, b)


def _unit(features: Tensor) -> Tensor:
    return features / (features.square().sum(1, keepdim=True).sqrt() + 1e-10)


def _tensor(frame: Frame) -> Tensor:
    return torch.from_numpy(to_rgb8(frame).astype(np.float32)).permute(2, 0, 1)[None].contiguous()
