"""The calibrator: from explainable features to the probability that the picture is visibly wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from engines.errors import ModelError, SettingError
from engines.hallucination.evidence import Evidence
from engines.hallucination.features import NAMES, OF_P, feature_planes
from engines.models.registry import weights_folder
from engines.models.weights import load_weights

Picture = NDArray[np.float32]

RISKS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3)
"""Risk levels that can be asked for: the share of the visibly wrong pixels that may stay without a flag."""
DEFAULT_RISK = 0.1
SCALES = (1, 2, 4)
_HIDDEN = 32
_OF_F = [index for index, name in enumerate(NAMES) if name not in OF_P]


class RiskNet(nn.Module):
    """Two perceptrons per pixel, 3.8 k parameters, no neighbours, so nothing but features decides.

    The risk of F is read from what F alone tells, so that it is the same whether P was asked or not.
    """

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(len(NAMES)))
        self.register_buffer("spread", torch.ones(len(NAMES)))
        self.low, self.more = _perceptron(len(_OF_F)), _perceptron(len(NAMES))

    mean: Tensor
    spread: Tensor

    def forward(self, features: Tensor) -> Tensor:
        """N x features -> N x 2: the probability of a visible error in F and in P, the second never the smaller."""
        told = (features - self.mean) / self.spread
        low = self.low(told[:, _OF_F])[:, 0]
        return torch.sigmoid(torch.stack((low, low + functional.softplus(self.more(told)[:, 0])), dim=1))


def _perceptron(inputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, _HIDDEN), nn.ReLU(), nn.Linear(_HIDDEN, _HIDDEN), nn.ReLU(), nn.Linear(_HIDDEN, 1)
    )


@dataclass(frozen=True, eq=False)
class Calibrator:
    """The network, the map that makes its figures probabilities, and the thresholds that keep the promise."""

    network: RiskNet
    knots: NDArray[np.float32]
    """2 x K: what the network says, ascending, and how often it then was so."""
    bend: float
    """How the risk rises between the ends of the slider: alpha ** bend."""
    thresholds: Mapping[int, tuple[float, ...]]
    """Per scale, one per entry of `RISKS`."""
    sha256: str = ""

    def ends(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """N x features -> N x 2: the calibrated probability of a visible error in F and in P."""
        with torch.inference_mode():
            raw = self.network(torch.from_numpy(features)).numpy()
        return np.asarray(np.interp(raw, *self.knots), np.float32)

    def between(self, low: Picture, high: Picture, alpha: float) -> Picture:
        """Risk at slider `alpha` (0..1) out of the two ends; never falls as the slider rises."""
        return low + np.float32(alpha**self.bend) * (high - low)

    def threshold(self, risk: float, scale: int) -> float:
        """Flag where the risk is above this, and of what is visibly wrong in a picture at most the share `risk` is
        expected to stay without a flag, at every position of the slider.

        Between two levels of `RISKS` the more careful one counts. Raises SettingError below the least of them, or for
        a scale that was not calibrated.
        """
        if scale not in self.thresholds:
            raise SettingError(f"The risk was not calibrated for {scale}x.", f"Choose one of {SCALES}.")
        levels = [level for level in RISKS if level <= risk + 1e-9]
        if not levels:
            raise SettingError(f"A risk level of {risk:g} cannot be promised.", f"Choose {RISKS[0]} or more.")
        return self.thresholds[scale][len(levels) - 1]


def risk_maps(evidence: Evidence, calibrator: Calibrator) -> tuple[Picture, Picture]:
    """Probability of a visible error in F and in P, H x W float32 each, 0..1; the second nowhere below the first.

    Without P both are the risk of F. A visible error: see `engines.hallucination.visible`. Nothing farther than
    `features.REACH` output pixels matters.
    """
    planes = feature_planes(evidence)
    ends = calibrator.ends(planes.reshape(len(planes), -1).T).T.reshape(2, *planes.shape[1:])
    size = (evidence.faithful.shape[1], evidence.faithful.shape[0])
    low, high = (np.asarray(cv2.resize(end, size, interpolation=cv2.INTER_LINEAR), np.float32) for end in ends)
    return (low, high) if evidence.perceptual is not None else (low, low)


@lru_cache(maxsize=1)
def load_calibrator() -> Calibrator:
    """The shipped calibrator. Raises ModelError."""
    return read_calibrator(weights_folder() / "hallucination.safetensors")


def read_calibrator(path: Path) -> Calibrator:
    """A weight file that `engines.training.calibrate` wrote. Raises ModelError."""
    weights = load_weights(path)
    network = RiskNet()
    try:
        own = {k.removeprefix("network."): v for k, v in weights.tensors.items() if k.startswith("network.")}
        network.load_state_dict(own)
        table = weights.tensors["thresholds"].double().numpy()
        if table.shape != (len(SCALES), len(RISKS)):
            raise ValueError("thresholds for other risks")
        return Calibrator(
            network.eval().requires_grad_(False),
            weights.tensors["knots"].numpy(),
            float(weights.tensors["bend"]),
            {scale: tuple(float(t) for t in row) for scale, row in zip(SCALES, table, strict=True)},
            weights.sha256,
        )
    except (KeyError, ValueError, RuntimeError) as error:
        raise ModelError(f"The weight file {path} belongs to another calibrator.", "Reinstall Tratteggio.") from error
