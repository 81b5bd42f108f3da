"""How a shot faded, as the network judges it from small pictures of its frames."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engines.errors import ModelError
from engines.fade.parameters import FIELD_TERMS, GLOBAL, SIZE, Numbers
from engines.models.registry import weights_folder
from engines.models.weights import load_weights
from engines.nets.fade_predictor import FadePredictor, FadePredictorConfig


@dataclass(frozen=True, eq=False)
class FadeModel:
    """The network with the digest of its weights."""

    network: FadePredictor
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
        network = FadePredictor(config)
        network.load_state_dict(dict(weights.tensors))
    except (KeyError, ValueError, RuntimeError) as error:
        raise ModelError(f"{path} holds no fade network ({error}).", "Restore it from a good copy.") from error
    return FadeModel(network.eval().requires_grad_(False), weights.sha256)


def estimated(pictures: NDArray[np.floating], model: FadeModel) -> Estimate:
    """The estimate for N x 3 x SIDE x SIDE pictures of one shot: what the network says of each of them and of its
    mirror image, averaged; frames whose restoration it is less sure of count less.
    """
    stack = torch.from_numpy(np.ascontiguousarray(pictures, np.float32))
    with torch.inference_mode():
        vectors, doubts = model.network(torch.cat((stack, stack.flip(3))))[-1]
    answers, logs = vectors.double().numpy(), doubts.double().numpy()
    answers[len(stack) :] *= _MIRRORED
    say = 1.0 / (0.5 + np.exp(logs[:, 1]))
    say /= say.sum()
    before, after = (say[:, None] * np.exp(logs)).sum(axis=0)
    return Estimate(np.asarray((say[:, None] * answers).sum(axis=0)), float(before), float(after))


def _mirrors() -> Numbers:
    """SIZE signs: a mirror image's field leans the other way along x, and across."""
    signs = np.ones(SIZE)
    for place in range(GLOBAL, SIZE, FIELD_TERMS):
        signs[[place, place + 4]] = -1.0
    return signs


_MIRRORED = _mirrors()
