"""What the networks answer for one region of luma: faithful, perceptual, and how far the faithful one is trusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from engines.detect.degradation import Degradation
from engines.models.registry import LumaModel
from engines.models.running import runtime_for
from engines.models.tiling import run_tiled
from engines.nets.condition import noise_condition, step_condition
from engines.nets.fidelity import enlarge
from engines.ringing import without_ringing
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
    faithful: LumaModel,
    perceptual: LumaModel | None,
    upstream: Upstream,
    fast: bool,
) -> Answers:
    """The answers for `region` of the question's planes, in tiles.

    perceptual: P, where its answer is wanted. fast: in whatever precision is fastest here. Raises ModelError.
    """
    device, told = upstream.policy.device, conditions(question.told)
    first = runtime_for(faithful, device, scale, fast)
    second = runtime_for(perceptual, device, scale, fast) if perceptual is not None else None
    extra = faithful.network.config.extra
    planes = [question.luma[None], question.near]
    if question.noise is not None:
        planes.append(question.noise)

    def run(tile: Picture) -> Picture:
        luma, near, noise = tile[0], tile[1:3], tile[3:]
        steadied, left = calmed(luma, near, told)
        # Noise averages out before F sees it: by a decibel better than what it learnt to do with the mean.
        noisy = told[0] > 0
        picture, maps, around = (steadied, left, np.zeros_like(near)) if noisy else (luma, told, near)
        found = first.run(np.concatenate((_planes(picture, maps), around[:extra])))
        found[0] = without_ringing(found[0] + _enlarged(picture, scale), picture, scale)
        if second is None:
            return found
        lively = second.run(np.concatenate((_planes(steadied, left), noise)))
        return np.concatenate((found, lively[:1] + _enlarged(steadied, scale)))

    networks = [model.network for model in (faithful, perceptual) if model is not None]
    found = run_tiled(
        np.concatenate(planes),
        region,
        scale,
        max(network.config.receptive_radius for network in networks),
        upstream.policy.tile,
        run,
        upstream.cancel.check,
        upstream.note,
        faithful.network.config.grid,
    )
    doubt = found[1] if faithful.network.config.doubt else None
    return Answers(found[0], doubt, found[-1] if perceptual is not None else None)


def conditions(told: Degradation) -> tuple[float, float]:
    """What the networks' two condition planes say."""
    return noise_condition(told.noise), step_condition(told.step)


def calmed(luma: Picture, near: Picture, told: tuple[float, float]) -> tuple[Picture, tuple[Picture, float]]:
    """Luma averaged with its neighbours, and the conditions that are left: the noise condition as h x w.

    The perceptual network knows single pictures only: it sees the frame as steady as its neighbours can make it.
    """
    mean, share = near
    left = np.float32(told[0]) / np.sqrt(1 + np.float32(2 * FARTHEST) * share)
    return luma + mean, (np.asarray(left, np.float32), told[1])


def _planes(luma: Picture, told: tuple[Picture | float, float]) -> Picture:
    """3 x h x w: luma, noise condition, compression condition."""
    return np.stack((luma, *(np.broadcast_to(np.float32(value), luma.shape) for value in told)))


def _enlarged(luma: Picture, scale: int) -> Picture:
    return np.asarray(enlarge(torch.from_numpy(np.ascontiguousarray(luma))[None, None], scale)[0, 0].numpy())
