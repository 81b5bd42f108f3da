"""How a shot faded, as the network judges it from small pictures of its frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engines.errors import ModelError
from engines.fade.parameters import FIELD_TERMS, GLOBAL, SIZE, Numbers
from engines.fade.small import VIEWS, views
from engines.models.registry import weights_folder
from engines.models.weights import load_weights
from engines.nets.fade_predictor import FadePredictor, FadePredictorConfig


@dataclass(frozen=True, eq=False)
class FadeModel:
    """Networks that judge together, with the digest of their weights."""

    networks: tuple[FadePredictor, ...]
    sha256: str


@dataclass(frozen=True, eq=False)
class Estimate:
    """vector: `FadeParameters.vector` of the shot. before, after: expected mean difference (CIEDE2000) from the unfaded
    film, without and with the restoration.
    """

    vector: Numbers
    before: float
    after: float


def fade_model() -> FadeModel:
    """The shipped one, loaded once. Raises ModelError."""
    return read_fade_model(weights_folder() / "fade.safetensors")


@lru_cache(maxsize=2)
def read_fade_model(path: Path) -> FadeModel:
    """From any weight file of recipe `fade`. Raises ModelError."""
    weights = load_weights(path)
    try:
        said = weights.statement
        config = FadePredictorConfig(**{f.name: int(said[f"config.{f.name}"]) for f in fields(FadePredictorConfig)})
        networks = tuple(_member(weights.tensors, index, config) for index in range(int(said["members"])))
    except (KeyError, ValueError, RuntimeError) as error:
        raise ModelError(f"{path} holds no fade network ({error}).", "Restore it from a good copy.") from error
    return FadeModel(networks, weights.sha256)


def estimated(pictures: NDArray[np.floating], model: FadeModel) -> Estimate:
    """The estimate for N x 3 x SMALL x SMALL pictures of one shot, nominal R'G'B'.

    What the networks say of each of them and of its corners, and of their mirror images, averaged: the corners together
    count as much as the whole; frames whose restoration they are less sure of count less.
    """
    stack = torch.from_numpy(np.concatenate([views(picture) for picture in pictures]))
    with torch.inference_mode():
        said = [network(torch.cat((stack, stack.flip(3))))[-1] for network in model.networks]
    vectors, doubts = (torch.stack(part).double().mean(dim=0) for part in zip(*said, strict=True))
    shape = (2, len(pictures), VIEWS)
    answers = vectors.numpy().reshape(*shape, SIZE)
    answers[1] *= _MIRRORED
    # What lies where in a corner says nothing of the whole.
    answers[:, :, 1:, GLOBAL:] = answers[:, :, :1, GLOBAL:]
    told = np.exp(doubts.numpy().reshape(*shape, 2))
    counts = np.array([0.5, *[0.5 / (VIEWS - 1)] * (VIEWS - 1)])
    vector, apart = (np.einsum("nvk,v->nk", part.mean(axis=0), counts) for part in (answers, told))
    say = 1.0 / (0.5 + apart[:, 1])
    say /= say.sum()
    before, after = say @ apart
    return Estimate(np.asarray(say @ vector), float(before), float(after))


def _member(tensors: Mapping[str, torch.Tensor], index: int, config: FadePredictorConfig) -> FadePredictor:
    network = FadePredictor(config)
    network.load_state_dict({n.split(".", 1)[1]: held for n, held in tensors.items() if n.startswith(f"{index}.")})
    return network.eval().requires_grad_(False)


def _mirrors() -> Numbers:
    """SIZE signs: a mirror image's field leans the other way along x, and across."""
    signs = np.ones(SIZE)
    for place in range(GLOBAL, SIZE, FIELD_TERMS):
        signs[[place, place + 4]] = -1.0
    return signs


_MIRRORED = _mirrors()
