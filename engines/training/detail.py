"""Recipe `detail`: trains the fidelity network and its degradation estimator, on stills and on moving clips."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from engines.models.weights import save_weights
from engines.nets.condition import ConditionNet
from engines.nets.fidelity import TEMPORAL_PLANES, FidelityConfig, FidelityNet, enlarge
from engines.training.datasets import LumaSet, load_luma_set
from engines.training.degradations import DegradationRange, degrade
from engines.training.loop import LoopConfig, TimedLoop
from engines.training.temporal_set import Moment, draw_moments, moments

# Each scale's share of the steps.
_SCALE_SHARES = {1: 0.25, 2: 0.4, 4: 0.35}


@dataclass(frozen=True)
class DetailRecipe:
    """Everything that decides the weights, besides the data."""

    patch: int = 48
    batch: int = 16
    seed: int = 2026
    rate: float = 6e-4
    moving: float = 0.5
    """Share of the steps on moving clips, where the data has any."""
    config: FidelityConfig = field(default_factory=lambda: FidelityConfig(extra=TEMPORAL_PLANES, doubt=True))
    reach: DegradationRange = field(default_factory=DegradationRange)


RECIPES: Mapping[str, DetailRecipe] = {
    "detail": DetailRecipe(),
    "draft": DetailRecipe(rate=1.2e-3, config=FidelityConfig(32, 3, extra=TEMPORAL_PLANES, doubt=True)),
    "best": DetailRecipe(
        rate=2e-4, batch=8, patch=96, config=FidelityConfig(extra=TEMPORAL_PLANES, doubt=True, far=True)
    ),
}
"""One per tier, by the name of its weight file. "best" starts from the shipped "detail"."""


class DetailPair(nn.Module):
    """The two networks that ship together as weight file `detail`."""

    def __init__(self, config: FidelityConfig) -> None:
        super().__init__()
        self.fidelity = FidelityNet(config)
        self.condition = ConditionNet()


def train_detail(
    data: Path,
    folder: Path,
    minutes: float,
    resume: bool,
    tell: Callable[[dict[str, float]], None] = lambda _: None,
    recipe: DetailRecipe | None = None,
    start: Mapping[str, Tensor] | None = None,
    moving: Sequence[Moment] | None = None,
    name: str = "detail",
) -> Path:
    """Train for `minutes` (all resumed runs together) and write `folder/NAME.safetensors`; returns its path.

    start: tensors of an earlier weight file to go on from; a stem with fewer planes grows by silent ones.
    moving: examples prepared earlier; by default they are made from the clips below `data`.
    Raises FileNotFoundError where `data` holds no pictures.
    """
    recipe = recipe or DetailRecipe()
    torch.manual_seed(recipe.seed)
    pictures = load_luma_set(data)
    held = list(moments(data, recipe.seed)) if moving is None and recipe.moving > 0 else list(moving or ())
    pair = DetailPair(recipe.config)
    if start is not None:
        take_over(pair, start)
    # (the stubs lack this overload)
    pair.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    loop = TimedLoop(pair, folder, LoopConfig(minutes=minutes, learning_rate=recipe.rate))
    if resume:
        loop.resume()
    rng = np.random.default_rng((recipe.seed, loop.step))
    loop.run(lambda: step_loss(pair, pictures, held, recipe, rng), lambda average: judge(average, pictures), tell)
    return _write(loop, folder / f"{name}.safetensors", recipe, pictures)


def take_over(pair: DetailPair, start: Mapping[str, Tensor]) -> None:
    """Start from earlier weights: planes that they did not know begin silent, a doubt head begins afresh."""
    known = pair.state_dict()
    for name, value in start.items():
        if name == "fidelity.stem.weight" and value.shape[1] < known[name].shape[1]:
            grown = torch.zeros_like(known[name])
            grown[:, : value.shape[1]] = value
            value = grown
        known[name] = value
    pair.load_state_dict(known)


def step_loss(
    pair: DetailPair, pictures: LumaSet, moving: list[Moment], recipe: DetailRecipe, rng: np.random.Generator
) -> Tensor:
    if moving and rng.random() < recipe.moving:
        luma, extra, clean, condition, scale = draw_moments(moving, recipe.batch, recipe.patch, rng)
    else:
        scale = int(rng.choice(list(_SCALE_SHARES), p=list(_SCALE_SHARES.values())))
        clean = draw_patches(pictures.training, recipe.batch, recipe.patch * scale, rng)
        degraded = degrade(clean, scale, rng, recipe.reach)
        luma, condition = degraded.luma, degraded.condition
        extra = torch.zeros(len(luma), pair.fidelity.config.extra, *luma.shape[-2:])
    # bfloat16 for the convolutions: twice as fast on CPUs that have it, and accurate enough for gradients.
    with torch.autocast("cpu", dtype=torch.bfloat16):
        guess = pair.condition(luma).mean(dim=(2, 3))
        # F learns with the truth and with the estimate alike, so that a wrong estimate does little harm.
        trusted = torch.from_numpy(rng.random(len(clean)) < 0.5)[:, None]
        told = torch.where(trusted, condition, guess.detach().float().clamp(0, 1))
        planes = pair.fidelity.planes(luma, told, extra).contiguous(memory_format=torch.channels_last)
        features = pair.fidelity.features(planes)
        answer = enlarge(luma, scale) + pair.fidelity.correction(features, scale).float()
    fidelity = ((answer - clean).square() + 1e-6).sqrt().mean()
    estimate = (guess.float() - condition).abs().mean()
    loss: Tensor = fidelity + 0.02 * estimate
    if pair.fidelity.config.doubt:
        loss = loss + 0.002 * _doubt_loss(pair.fidelity, features.detach().float(), scale, answer.detach() - clean)
    return loss


def _doubt_loss(network: FidelityNet, features: Tensor, scale: int, error: Tensor) -> Tensor:
    """Negative log likelihood of the local squared error (Kendall and Gal 2017); the trunk does not learn from it."""
    said = network.log_variance(features, scale).clamp(-14.0, 2.0)
    local = functional.avg_pool2d(error.square(), 3, stride=1, padding=1, count_include_pad=False) + 1e-6
    return 0.5 * (local * torch.exp(-said) + said).mean()


def draw_patches(pictures: tuple[NDArray[np.uint8], ...], count: int, size: int, rng: np.random.Generator) -> Tensor:
    """`count` random patches, flipped and transposed at random, as count x 1 x size x size in 0..1."""
    patches = np.empty((count, 1, size, size), dtype=np.float32)
    for i in range(count):
        picture = pictures[int(rng.integers(len(pictures)))]
        if min(picture.shape) < size:
            short = size - np.minimum(picture.shape, size)
            picture = np.pad(picture, ((0, short[0]), (0, short[1])), mode="symmetric")
        top = int(rng.integers(picture.shape[0] - size + 1))
        left = int(rng.integers(picture.shape[1] - size + 1))
        patch = picture[top : top + size, left : left + size]
        patch = np.rot90(patch, int(rng.integers(4)))
        patches[i, 0] = (patch[:, ::-1] if rng.random() < 0.5 else patch) / np.float32(255)
    return torch.from_numpy(patches)


def judge(module: nn.Module, pictures: LumaSet, limit: int = 12) -> Mapping[str, float]:
    """PSNR gain in dB over bicubic (over the input at x1) on held-out crops, per task; the estimator is in the loop."""
    assert isinstance(module, DetailPair)
    tasks = {
        "x2": (2, DegradationRange(noisy_share=0, compressed_share=0)),
        "x4": (4, DegradationRange(noisy_share=0, compressed_share=0)),
        "noise_x1": (1, DegradationRange(noisy_share=1, compressed_share=0)),
        "codec_x1": (1, DegradationRange(noisy_share=0, compressed_share=1)),
        "mixed_x2": (2, DegradationRange()),
    }
    gains: dict[str, float] = {}
    for name, (scale, reach) in tasks.items():
        rng = np.random.default_rng(7)
        clean = draw_patches(pictures.held_out, 4 * limit, 192, rng)
        degraded = degrade(clean, scale, rng, reach)
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            condition = module.condition(degraded.luma).float().mean(dim=(2, 3)).clamp(0, 1)
            answer = module.fidelity(degraded.luma, condition, scale).float().clamp(0, 1)
        gains[name] = pooled_psnr(answer, clean) - pooled_psnr(enlarge(degraded.luma, scale).clamp(0, 1), clean)
    return gains


def pooled_psnr(a: Tensor, b: Tensor) -> float:
    """Of all patches together, so that patches left as they were do not drown the others."""
    return float(-10 * (a - b).square().mean().clamp(min=1e-8).log10())


def _write(loop: TimedLoop, path: Path, recipe: DetailRecipe, pictures: LumaSet) -> Path:
    statement = loop.statement("detail", "engines/training/detail.py", len(pictures.training), recipe.config)
    save_weights(path, loop.average.state_dict(), statement)
    return path
