"""What fluctuates in a shot: photographic grain, a sensor's noise, a codec's errors or nothing, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engines.errors import ModelError
from engines.grain.patches import patches_of, planes_of
from engines.luma import Luma
from engines.models.registry import weights_folder
from engines.models.weights import load_weights
from engines.nets.grain_kind import KINDS, GrainKindConfig, GrainKindNet

_PATCHES = 20
"""Per frame looked at."""


@dataclass(frozen=True, eq=False)
class KindModel:
    """The network with the digest of its weights."""

    network: GrainKindNet
    sha256: str


def kind_model() -> KindModel:
    """The shipped one, loaded once. Raises ModelError."""
    return read_kind_model(weights_folder() / "grain.safetensors")


@lru_cache(maxsize=2)
def read_kind_model(path: Path) -> KindModel:
    """From any weight file of recipe `grain`. Raises ModelError."""
    weights = load_weights(path)
    try:
        network = GrainKindNet(GrainKindConfig(int(weights.statement["config.channels"])))
        network.load_state_dict(dict(weights.tensors))
    except (KeyError, ValueError, RuntimeError) as error:
        raise ModelError(f"{path} holds no grain network ({error}).", "Restore it from a good copy.") from error
    return KindModel(network.eval().requires_grad_(False), weights.sha256)


@dataclass
class KindVote:
    """Gathers what the network says of frames of one shot."""

    model: KindModel
    _said: list[NDArray[np.float64]] = field(default_factory=list)

    def add(self, luma: Luma, neighbour: Luma | None) -> None:
        """A frame (H x W, nominal 0..1) and the one after or before it."""
        patches = patches_of(planes_of(luma, neighbour), _PATCHES)
        # With channels together the same sums take half the time.
        stack = torch.from_numpy(patches).contiguous(memory_format=torch.channels_last)
        with torch.inference_mode():
            self._said.append(self.model.network(stack).double().numpy())

    @property
    def per_patch(self) -> NDArray[np.float64]:
        """N x len(KINDS): what each patch by itself says, probabilities."""
        return _softmax(np.concatenate(self._said)) if self._said else np.empty((0, len(KINDS)))

    def probabilities(self) -> NDArray[np.float64]:
        """Of KINDS, summing to 1; even where nothing was looked at."""
        if not self._said:
            return np.full(len(KINDS), 1.0 / len(KINDS))
        mean = np.concatenate(self._said).mean(axis=0)
        return np.asarray(_softmax((mean / float(self.model.network.temperature))[None])[0])


def _softmax(values: NDArray[np.float64]) -> NDArray[np.float64]:
    raised = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
