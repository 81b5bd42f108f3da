"""What the networks answer for one region of luma: faithful, perceptual, and how far the faithful one is trusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from engines.detect.degradation import Degradation
from engines.models.registry import DetailModel
from engines.models.tiling import run_tiled
from engines.nets.condition import noise_condition, step_condition
from engines.nets.fidelity import FidelityNet, enlarge
from engines.stages.base import Upstream
from engines.temporal import FARTHEST
from engines.types import Rect

Picture = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Answers:
    """All of one size, `scale` times the region. log_variance: natural logarithm of F's expected squared error, None
    where F says none. perceptual: None where it was not wanted.
    """

    faithful: Picture
    log_variance: Picture | None
    perceptual: Picture | None


@dataclass(frozen=True, eq=False)
class Question:
    """luma: h x w, nominal 0..1. near: 2 x h x w (see `engines.temporal`). noise: SEED_PLANES x h x w, None where no
    perceptual answer is wanted.
    """

    luma: Picture
    near: Picture
    told: Degradation
    noise: Picture | None


def ask(
    question: Question,
    region: Rect,
    scale: int,
    faithful: DetailModel,
    perceptual: FidelityNet | None,
    upstream: Upstream,
) -> Answers:
    """The answers for `region` of the question's planes, in tiles. perceptual: P, where its answer is wanted."""
    planes = [question.luma[None], question.near]
    if question.noise is not None:
        planes.append(question.noise)

    def run(tile: Picture) -> Picture:
        with torch.inference_mode():
            held = torch.from_numpy(tile)[None].to(upstream.policy.device)
            luma, near, noise = held[:, :1], held[:, 1:3], held[:, 3:]
            told = torch.tensor([conditions(question.told)], device=held.device)
            network = faithful.fidelity
            features = network.features(network.planes(luma, told, near[:, : network.config.extra]))
            parts = [enlarge(luma, scale) + network.correction(features, scale)]
            if network.config.doubt:
                parts.append(network.log_variance(features, scale))
            if perceptual is not None:
                steadied, told_maps = calmed(luma, near, told)
                features = perceptual.features(torch.cat((steadied, told_maps, noise), dim=1))
                parts.append(enlarge(steadied, scale) + perceptual.correction(features, scale))
            return np.asarray(torch.cat(parts, dim=1)[0].float().cpu().numpy())

    margin = max(network.config.receptive_radius for network in (faithful.fidelity, perceptual) if network is not None)
    found = run_tiled(
        np.concatenate(planes), region, scale, margin, upstream.policy.tile, run, upstream.cancel.check, upstream.note
    )
    doubt = found[1] if faithful.fidelity.config.doubt else None
    return Answers(found[0], doubt, found[-1] if perceptual is not None else None)


def conditions(told: Degradation) -> tuple[float, float]:
    """What the networks' two condition planes say."""
    return noise_condition(told.noise), step_condition(told.step)


def calmed(luma: torch.Tensor, near: torch.Tensor, told: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Luma averaged with its neighbours, B x 1 x h x w, and what noise is left in it, as B x 2 x h x w conditions.

    The perceptual network knows single pictures only: it sees the frame as steady as its neighbours can make it.
    """
    mean, share = near[:, :1], near[:, 1:2]
    maps = told[:, :, None, None].expand(-1, -1, *luma.shape[-2:]).to(luma.dtype)
    left = torch.cat((maps[:, :1] / (1.0 + 2 * FARTHEST * share).sqrt(), maps[:, 1:]), dim=1)
    return luma + mean, left
