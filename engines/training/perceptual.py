"""Recipe `perceptual`: P, an adversarially fine-tuned twin of F whose answers look real, one picture per seed."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional

from engines.metrics.perceptual import feature_distance, load_features
from engines.metrics.spectrum import radial_power, ring_power
from engines.models.weights import save_weights
from engines.nets.critic import Critic
from engines.nets.fidelity import SEED_PLANES, FidelityNet
from engines.training.datasets import LumaSet, load_luma_set
from engines.training.degradations import DegradationRange, Degraded, degrade
from engines.training.detail import draw_patches, pooled_psnr
from engines.training.loop import LoopConfig, TimedLoop

# Each scale's share of the steps: the larger the factor, the more there is to invent.
_SCALE_SHARES = {1: 0.15, 2: 0.25, 4: 0.6}
# Source pixels a side of a patch, by scale: the critic and the features look at the enlarged patch.
_PATCH = {1: 128, 2: 72, 4: 40}
_JUDGED = 32
# Power per ring below which nothing is asked for: about a fifth of the rounding noise of 8-bit samples.
_CALM = 0.01


@dataclass(frozen=True)
class PerceptualRecipe:
    """Everything that decides the weights, besides the data and F's weights."""

    batch: int = 8
    seed: int = 2026
    rate: float = 2e-4
    pixel: float = 0.5
    features: float = 1.0
    adversarial: float = 0.01
    spectrum: float = 0.04
    reach: DegradationRange = field(default_factory=lambda: DegradationRange(noisy_share=0.3, compressed_share=0.25))


class Twins(nn.Module):
    """P and its critic; only P ships."""

    def __init__(self, faithful: FidelityNet) -> None:
        super().__init__()
        self.perceptual = grown(faithful, SEED_PLANES)
        self.critic = Critic()


def grown(faithful: FidelityNet, planes: int) -> FidelityNet:
    """A copy of F whose stem takes `planes` further input planes, their weights small and random."""
    config = replace(faithful.config, extra=faithful.config.extra + planes)
    twin = FidelityNet(config)
    known = faithful.state_dict()
    kept = known["stem.weight"]
    stem = torch.randn(kept.shape[0], kept.shape[1] + planes, 3, 3) * 0.02
    stem[:, : kept.shape[1]] = kept
    twin.load_state_dict({**copy.deepcopy(known), "stem.weight": stem})
    return twin


def train_perceptual(
    data: Path,
    folder: Path,
    minutes: float,
    resume: bool,
    faithful: FidelityNet,
    features: Path,
    tell: Callable[[dict[str, float]], None] = lambda _: None,
    recipe: PerceptualRecipe | None = None,
) -> Path:
    """Train for `minutes` (all resumed runs together) and write `folder/perceptual.safetensors`; returns its path.

    features: folder or file of the perceptual backbone that one term of the loss looks through.
    Losses after ESRGAN (Wang et al. 2018): pixel, features, critic; plus radial log spectra. Raises FileNotFoundError
    where `data` holds no pictures, ModelError where `features` cannot be read.
    """
    recipe = recipe or PerceptualRecipe()
    torch.manual_seed(recipe.seed)
    pictures = load_luma_set(data)
    faithful = faithful.eval().requires_grad_(False)
    twins = Twins(copy.deepcopy(faithful).requires_grad_(True))
    twins.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    loop = TimedLoop(twins, folder, LoopConfig(minutes=minutes, learning_rate=recipe.rate))
    if resume:
        loop.resume()
    backbone = load_features(features)
    rng = np.random.default_rng((recipe.seed, loop.step))
    loop.run(
        lambda: _step_loss(twins, pictures, backbone, recipe, rng),
        lambda average: judge(average, faithful, pictures, backbone),
        tell,
    )
    path = folder / "perceptual.safetensors"
    average = loop.average
    assert isinstance(average, Twins)
    config = average.perceptual.config
    statement = loop.statement("perceptual", "engines/training/perceptual.py", len(pictures.training), config)
    save_weights(path, average.perceptual.state_dict(), statement)
    return path


def seed_planes(network: FidelityNet, luma: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """The extra input planes of P for patches without temporal support: zeros, then standard normal noise."""
    size = luma.shape[-2:]
    noise = torch.randn(luma.shape[0], SEED_PLANES, *size, generator=generator)
    rest = torch.zeros(luma.shape[0], network.config.extra - SEED_PLANES, *size)
    return torch.cat((rest, noise), dim=1)


def _step_loss(
    twins: Twins, pictures: LumaSet, backbone: nn.Module, recipe: PerceptualRecipe, rng: np.random.Generator
) -> Tensor:
    scale = int(rng.choice(list(_SCALE_SHARES), p=list(_SCALE_SHARES.values())))
    real = draw_patches(pictures.training, recipe.batch, _PATCH[scale] * scale, rng)
    degraded = degrade(real, scale, rng, recipe.reach)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        fake = _answer(twins.perceptual, degraded, scale)
    fake = fake.float()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        # One backward pass for both players: P argues with a copy of the critic that cannot learn from it.
        frozen = {name: value.detach() for name, value in twins.critic.named_parameters()}
        verdict = functional_call(twins.critic, frozen, (fake,)).float()
        judged_real = twins.critic(real).float()
        judged_fake = twins.critic(fake.detach()).float()
        seen = feature_distance(backbone, _rgb(fake), _rgb(real)).float()
    pixel = ((fake - real).square() + 1e-6).sqrt().mean()
    # Picture by picture: what a busy one has too much must not make up for what a calm one lacks.
    spectrum = (ring_power(fake) + _CALM).log() - (ring_power(real) + _CALM).log()
    players = functional.softplus(-(judged_real - judged_fake)).mean()
    # Relativistic pairing (Jolicoeur-Martineau 2019): P must look at least as real as the truth beside it.
    fooled = functional.softplus(-(verdict - judged_real.detach())).mean()
    loss: Tensor = (
        recipe.pixel * pixel
        + recipe.features * seen
        + recipe.adversarial * fooled
        + recipe.spectrum * spectrum.square().mean()
        + players
    )
    return loss


def _answer(network: FidelityNet, degraded: Degraded, scale: int, generator: torch.Generator | None = None) -> Tensor:
    luma = degraded.luma.contiguous(memory_format=torch.channels_last)
    answer: Tensor = network(luma, degraded.condition, scale, seed_planes(network, luma, generator))
    return answer


def _rgb(luma: Tensor) -> Tensor:
    return (luma * 255.0).expand(-1, 3, -1, -1)


def judge(module: nn.Module, faithful: FidelityNet, pictures: LumaSet, backbone: nn.Module) -> Mapping[str, float]:
    """F and P on held-out crops at x4: PSNR (dB), perceptual distance, spectral ratios up to 0.8 Nyquist, seeds."""
    assert isinstance(module, Twins)
    rng = np.random.default_rng(7)
    real = draw_patches(pictures.held_out, _JUDGED, 192, rng)
    degraded = degrade(real, 4, rng, DegradationRange(noisy_share=0, compressed_share=0))
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        ours = faithful(degraded.luma, degraded.condition, 4).float().clamp(0, 1)
        first, second = (_answer(module.perceptual, degraded, 4, generator).float().clamp(0, 1) for _ in range(2))
    ratio = radial_power(first, 20, 0.8) / radial_power(real, 20, 0.8)
    with torch.no_grad():
        seen = [float(feature_distance(backbone, _rgb(one), _rgb(real))) for one in (ours, first)]
    return {
        "psnr_f": pooled_psnr(ours, real),
        "psnr_p": pooled_psnr(first, real),
        "distance_f": seen[0],
        "distance_p": seen[1],
        "least_power": float(ratio.min()),
        "most_power": float(ratio.max()),
        "seeds_apart": float((first - second).square().mean().sqrt() / (first - real).square().mean().sqrt()),
    }
