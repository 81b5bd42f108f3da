"""Reads image models of others (through spandrel) without running anything that their files contain."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file

from engines.errors import ModelError
from engines.models.torchvision_ops import declare_missing_operators
from engines.plain_file import check_plain

SUFFIXES = (".safetensors", ".pth")
LARGEST_FILE = 2 * 2**30
"""Bytes. Image models are tens of megabytes; what is larger than this is a language or diffusion model."""
SCALES = (1, 2, 3, 4, 8)

# Everything that PyTorch's readers and spandrel's detection raise on files that are not what they seem.
_UNREADABLE = (
    UnpicklingError,
    SafetensorError,
    tarfile.TarError,
    RuntimeError,
    OSError,
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
)
# Parts that only networks over several frames have.
_VIDEO_PARTS = ("spynet.", "backward_resblocks.", "forward_resblocks.", "pcd_align.", "flownet.", "backward_trunk.")

Picture = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class CommunityModel:
    """A model of others on one device.

    channels: 3 = RGB to RGB, 1 = grey to grey. purpose: spandrel's word (SR, Restoration, FaceSR). parameters: their
    number. descriptor: spandrel's.
    """

    architecture: str
    purpose: str
    scale: int
    channels: int
    parameters: int
    sha256: str
    device: str
    descriptor: Any

    def run(self, picture: Picture) -> Picture:
        """`channels` x H x W in 0..1 to `channels` x (H * scale) x (W * scale) in 0..1."""
        with torch.inference_mode():
            batch = torch.from_numpy(np.ascontiguousarray(picture))[None].to(self.device)
            return np.asarray(self.descriptor(batch)[0].float().cpu().numpy(), dtype=np.float32)


def file_digest(path: Path) -> str:
    """SHA-256 of a file, read piece by piece. Raises ModelError where it cannot be read."""
    try:
        check_plain(path)
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(
            f"{path} cannot be read ({error.strerror or error}).", "Restore it from a good copy."
        ) from error


@lru_cache(maxsize=2)
def load_community(path: Path, device: str, sha256: str) -> CommunityModel:
    """The model in `path`, ready to infer on `device`; read once.

    Raises ModelError where the file is missing, is not the one of digest `sha256`, is no image model, or where
    spandrel is not installed.
    """
    found = file_digest(path)
    if found != sha256:
        raise ModelError(
            f"{path.name} has changed since it was imported (SHA-256 {found[:12]}… instead of {sha256[:12]}…).",
            "Remove the model and import it again.",
        )
    return _described(_network(path, read_tensors(path)), path, device, sha256)


def read_tensors(path: Path) -> Mapping[str, Any]:
    """The tensors of a weight file, wherever in it they are kept. Raises ModelError for anything but weights."""
    if path.suffix.lower() not in SUFFIXES:
        raise ModelError(f"{path.name} is no model file.", f"Give one of type {' or '.join(SUFFIXES)}.")
    try:
        check_plain(path)
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise ModelError(
                f"{path.name} is too large for an image model ({size / 1e9:.1f} GB).",
                f"At most {LARGEST_FILE / 1e9:.1f} GB are read.",
            )
        if path.suffix.lower() == ".safetensors":
            held: Any = load_file(path)
        else:
            # weights_only: a pickle could otherwise run whatever its author liked.
            held = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise ModelError(f"{path} does not exist.", "Check the name.") from error
    except _UNREADABLE as error:
        raise ModelError(
            f"{path.name} does not hold weights that can be read safely.",
            "Give a .safetensors file, or a .pth file that holds nothing but tensors.",
        ) from error
    tensors = _spandrel().canonicalize_state_dict(held) if isinstance(held, dict) else {}
    if not tensors or not all(isinstance(name, str) for name in tensors):
        raise ModelError(f"{path.name} holds no named tensors.", "Give the weights of an image model.")
    return dict(tensors)


def _network(path: Path, tensors: Mapping[str, Any]) -> Any:
    if any(name.startswith("fidelity.") for name in tensors):
        raise ModelError(f"{path.name} is a weight file of stage detail.", "It needs no import: stage detail reads it.")
    if any(part in name for name in tensors for part in _VIDEO_PARTS):
        raise ModelError(
            f"{path.name} is a model over several frames.", "Only models of single pictures can be imported."
        )
    spandrel = _spandrel()
    unknown = ModelError(
        f"The architecture of {path.name} is not known.",
        f"spandrel {spandrel.__version__} knows {len(list(spandrel.MAIN_REGISTRY))} architectures of image models, "
        "among them ESRGAN, SwinIR, HAT, SPAN, DnCNN and NAFNet.",
    )
    try:
        found = spandrel.ModelLoader("cpu").load_from_state_dict(dict(tensors))
    except (spandrel.UnsupportedModelError, *_UNREADABLE) as error:
        raise unknown from error
    if not isinstance(found, spandrel.ImageModelDescriptor):
        raise ModelError(
            f"{path.name} needs a mask beside the picture ({found.architecture.name}).",
            "Only models from picture to picture can be imported.",
        )
    return found


def _described(found: Any, path: Path, device: str, sha256: str) -> CommunityModel:
    taken, given = int(found.input_channels), int(found.output_channels)
    if taken != given or taken not in (1, 3):
        raise ModelError(
            f"{path.name} takes {taken} and gives {given} channels.",
            "Models from RGB to RGB or grey to grey can be used.",
        )
    if found.scale not in SCALES:
        raise ModelError(
            f"{path.name} enlarges {found.scale} times.", f"Scales of {', '.join(map(str, SCALES))} can be used."
        )
    found.eval().float().to(device)
    for parameter in found.model.parameters():
        parameter.requires_grad_(False)
    return CommunityModel(
        architecture=str(found.architecture.name),
        purpose=str(found.purpose),
        scale=int(found.scale),
        channels=taken,
        parameters=sum(p.numel() for p in found.model.parameters()),
        sha256=sha256,
        device=device,
        descriptor=found,
    )


def _spandrel() -> Any:
    """Imported late: it is an extra, and brings torchvision."""
    declare_missing_operators()
    try:
        import spandrel
    except ImportError as error:
        raise ModelError(
            f"Models of others need the package spandrel ({error}).", "Install it: pip install tratteggio[community]."
        ) from error
    return spandrel
