"""The models we ship: where their weights lie, what they are, and how they are loaded once."""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

import torch
from torch import Tensor, nn

from engines.dirt.judge import BlotchModel, Sureness
from engines.errors import ModelError
from engines.models.weights import Weights, load_weights
from engines.nets.blotch import BlotchConfig, BlotchNet
from engines.nets.condition import ConditionNet
from engines.nets.fidelity import FidelityConfig, FidelityNet
from engines.nets.fill import FillConfig, FillNet
from engines.nets.line_judge import LineJudge, LineJudgeConfig
from engines.scratch.judge import Judge


@dataclass(frozen=True)
class ModelEntry:
    """A shipped weight file, described by its own training statement."""

    name: str
    path: Path
    purpose: str
    parameters: int
    nbytes: int
    sha256: str
    licence: str
    statement: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class LumaModel:
    """A luma network on one device, with the digest that enters content keys. name: of its weight file."""

    name: str
    network: FidelityNet
    sha256: str


@dataclass(frozen=True, eq=False)
class DetailModel:
    """F and its degradation estimator on one device."""

    luma: LumaModel
    condition: ConditionNet

    @property
    def fidelity(self) -> FidelityNet:
        return self.luma.network

    @property
    def sha256(self) -> str:
        return self.luma.sha256


@dataclass(frozen=True, eq=False)
class FillModel:
    """The network that fills holes, on the CPU, with the digest that enters content keys."""

    network: FillNet
    sha256: str


Tier = Literal["draft", "standard", "best"]
TIERS: Mapping[Tier, str] = {"draft": "draft", "standard": "detail", "best": "best"}
"""Weight file of each tier of F."""

_SHIPPED = {
    "detail": "Tier standard: joint denoise, deblock and upscale x1, x2, x4 of luma, with its degradation estimator.",
    "draft": "Tier draft: the same as detail in a seventh of the time, for previews.",
    "best": "Tier best: the same as detail, seeing far around, slower.",
    "dirt": "Finds specks, hairs and stains that are in one frame only (stage dirt).",
    "fade": "Judges how the dyes of a colour film faded (stage fade).",
    "grain": "Tells photographic grain from digital noise (stage grain).",
    "scratch": "Tells scratches from uprights that the camera saw (stage scratch).",
    "perceptual": "The perceptual end of the slider: the same of luma, answering with what looks real.",
    "fill": "Fills what no frame shows from its surroundings (stage inpaint): Y'CbCr, the conditional mean.",
}


def weights_folder() -> Path:
    """Where the shipped weights lie."""
    return Path(str(importlib.resources.files("resources"))) / "weights"


def model_names() -> tuple[str, ...]:
    return tuple(_SHIPPED)


def luma_names() -> tuple[str, ...]:
    """The shipped networks that answer luma: F's tiers and P."""
    return (*TIERS.values(), "perceptual")


def describe_model(name: str) -> ModelEntry:
    """Raises ModelError for an unknown name or an unreadable file."""
    weights, path = _weights(name)
    return ModelEntry(
        name=name,
        path=path,
        purpose=_SHIPPED[name],
        parameters=sum(t.numel() for t in weights.tensors.values()),
        nbytes=path.stat().st_size,
        sha256=weights.sha256,
        licence="Apache-2.0",
        statement=weights.statement,
    )


def _weights(name: str) -> tuple[Weights, Path]:
    if name not in _SHIPPED:
        raise ModelError(f"There is no model {name!r}.", f"Known models: {', '.join(_SHIPPED)}.")
    path = weights_folder() / f"{name}.safetensors"
    return load_weights(path), path


def choose_tier(device: str) -> Tier:
    """What "auto" means on a device: processors get what is worth its time, graphics cards the best."""
    return "standard" if device == "cpu" else "best"


def why_tier(device: str) -> str:
    """The reason of `choose_tier`, as a clause for people."""
    if device == "cpu":
        return "chosen by itself: best would take a processor much longer"
    return "chosen by itself: a graphics card is quick enough for it"


@lru_cache(maxsize=8)
def load_detail(device: str, tier: Tier = "standard") -> DetailModel:
    """F of a tier with its degradation estimator, ready to infer on `device`. Raises ModelError."""
    return _detail(*_weights(TIERS[tier]), device)


def load_tuned(path: Path, device: str) -> DetailModel:
    """F that was fine-tuned on the user's own footage. Raises ModelError."""
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise ModelError(f"There is no tuned model {path.stem!r}.", "Choose another, or none.") from error
    return _tuned(path, changed, device)


@lru_cache(maxsize=4)
def _tuned(path: Path, changed: int, device: str) -> DetailModel:  # noqa: ARG001 - part of the cache's key
    return _detail(load_weights(path), path, device)


def _detail(weights: Weights, path: Path, device: str) -> DetailModel:
    condition = ConditionNet()
    with _belonging(path):
        fidelity = _fidelity(weights, "fidelity.")
        condition.load_state_dict(_part(weights, "condition."))
    luma = LumaModel(path.stem, _ready(fidelity, device), weights.sha256)
    return DetailModel(luma, _ready(condition, device))


@lru_cache(maxsize=4)
def load_perceptual(device: str) -> LumaModel:
    """The shipped perceptual network, ready to infer on `device`. Raises ModelError."""
    weights, path = _weights("perceptual")
    with _belonging(path):
        network = _fidelity(weights, "")
    return LumaModel("perceptual", _ready(network, device), weights.sha256)


@lru_cache(maxsize=1)
def load_fill() -> FillModel:
    """The shipped fill network, in bfloat16 on the CPU. Raises ModelError."""
    weights, path = _weights("fill")
    with _belonging(path):
        said = weights.statement
        network = FillNet(FillConfig(**{field.name: int(said[f"config.{field.name}"]) for field in fields(FillConfig)}))
        network.load_state_dict(dict(weights.tensors))
    return FillModel(_ready(network, "cpu").bfloat16(), weights.sha256)


@lru_cache(maxsize=1)
def load_line_judge() -> Judge:
    """The shipped judge of lines (stage scratch), on the CPU. Raises ModelError."""
    weights, path = _weights("scratch")
    with _belonging(path):
        network = LineJudge(LineJudgeConfig(channels=int(weights.statement["config.channels"])))
        network.load_state_dict(dict(weights.tensors))
    return Judge(_ready(network, "cpu"), weights.sha256)


@lru_cache(maxsize=1)
def load_blotch() -> BlotchModel:
    """The shipped blotch segmenter (stage dirt), in bfloat16 on the CPU. Raises ModelError."""
    weights, path = _weights("dirt")
    with _belonging(path):
        said = weights.statement
        config = BlotchConfig(**{field.name: int(said[f"config.{field.name}"]) for field in fields(BlotchConfig)})
        network = BlotchNet(config)
        network.load_state_dict(_part(weights, "blotch."))
        least, *told = (float(value) for value in weights.tensors["sureness"])
    return BlotchModel(_ready(network, "cpu").bfloat16(), Sureness(least, tuple(told)), weights.sha256)


def read_fidelity(path: Path) -> FidelityNet:
    """F or P out of a weight file anywhere, on the CPU. Raises ModelError."""
    weights = load_weights(path)
    prefix = "fidelity." if any(name.startswith("fidelity.") for name in weights.tensors) else ""
    with _belonging(path):
        return _ready(_fidelity(weights, prefix), "cpu")


@contextmanager
def _belonging(path: Path) -> Iterator[None]:
    try:
        yield
    except (KeyError, ValueError, RuntimeError) as error:
        raise ModelError(f"The weight file {path} belongs to another network.", "Reinstall Tratteggio.") from error


def _fidelity(weights: Weights, prefix: str) -> FidelityNet:
    said = weights.statement
    network = FidelityNet(
        FidelityConfig(
            channels=int(said["config.channels"]),
            blocks=int(said["config.blocks"]),
            extra=int(said.get("config.extra", "0")),
            doubt=said.get("config.doubt") == "True",
            far=said.get("config.far") == "True",
        )
    )
    network.load_state_dict(_part(weights, prefix))
    return network


def _part(weights: Weights, prefix: str) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in weights.tensors.items() if k.startswith(prefix)}


Network = TypeVar("Network", bound=nn.Module)


def _ready(network: Network, device: str) -> Network:
    network.eval().requires_grad_(False)
    # Channels last: one and a half to three times as fast on CPUs.
    network.to(torch.device(device), memory_format=torch.channels_last)  # type: ignore[call-overload]
    return network
