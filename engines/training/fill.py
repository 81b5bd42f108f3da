"""Recipe `fill`: trains the network that fills what no frame shows, on pictures with random holes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import av
import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from engines.masks import Mask
from engines.models.weights import save_weights
from engines.nets.fill import FillConfig, FillNet
from engines.repair.spread import spread
from engines.training.datasets import CLIPS, STILLS
from engines.training.fill_holes import Matte, draw_hole, load_mattes
from engines.training.loop import LoopConfig, TimedLoop

Bgr = NDArray[np.uint8]

_HELD_OUT = 0.06
_CLIP_STRIDE = 12
_JUDGED = 48
# What is missing in a hole is mostly guessed no better than this (nominal range).
_USUAL = 0.1
# Blue, green, red to Y'CbCr after BT.601; what is learnt does not hang on which matrix.
_MATRIX = np.array([[0.114, 0.587, 0.299], [0.5, -0.331264, -0.168736], [-0.081312, -0.418688, 0.5]], np.float32)


@dataclass(frozen=True)
class FillRecipe:
    """Everything that decides the weights, besides the data."""

    patch: int = 128
    batch: int = 8
    seed: int = 2026
    rate: float = 8e-4
    share: tuple[float, float] = (0.05, 0.25)
    widest: float = 64.0
    grainy: float = 0.35
    """Share of the patches with grain in what the network sees, but not in what it is to answer."""
    config: FillConfig = field(default_factory=FillConfig)


@dataclass(frozen=True)
class FillSet:
    """Pictures as H x W x 3 uint8, blue first, and mattes of dirt."""

    training: tuple[Bgr, ...]
    held_out: tuple[Bgr, ...]
    mattes: tuple[Matte, ...]


@dataclass(frozen=True, eq=False)
class Example:
    """B x 3 x H x W (Y' 0..1, Cb and Cr -0.5..0.5) and B x 1 x H x W (1 = hole)."""

    smooth: Tensor
    hole: Tensor
    clean: Tensor


class FillAlone(nn.Module):
    """The network as the loop wants it: a module whose children are clipped each by itself."""

    def __init__(self, config: FillConfig) -> None:
        super().__init__()
        self.fill = FillNet(config)


def train_fill(
    data: Path,
    folder: Path,
    minutes: float,
    resume: bool,
    tell: Callable[[dict[str, float]], None] = lambda _: None,
    recipe: FillRecipe | None = None,
) -> Path:
    """Train for `minutes` (all resumed runs together) and write `folder/fill.safetensors`; returns its path.

    The weights are written at every report, so that a run that is stopped leaves some. Raises FileNotFoundError where
    `data` holds no pictures.
    """
    recipe = recipe or FillRecipe()
    torch.manual_seed(recipe.seed)
    pictures = load_fill_set(data)
    module = FillAlone(recipe.config)
    module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    loop = TimedLoop(module, folder, LoopConfig(minutes=minutes, learning_rate=recipe.rate))
    if resume:
        loop.resume()
    rng = np.random.default_rng((recipe.seed, loop.step))
    held = draw_examples(pictures.held_out, pictures.mattes, recipe, _JUDGED, np.random.default_rng(7), plain=True)
    path = folder / "fill.safetensors"

    def report(average: nn.Module) -> Mapping[str, float]:
        assert isinstance(average, FillAlone)
        statement = loop.statement("fill", "engines/training/fill.py", len(pictures.training), recipe.config)
        save_weights(path, average.fill.state_dict(), statement)
        return judge(average.fill, held)

    loop.run(lambda: step_loss(module.fill, pictures, recipe, rng), report, tell)
    return path


def load_fill_set(folder: Path) -> FillSet:
    """Every still and some frames of every clip below `folder`, split by the names' hashes, and `folder/overlays`.

    Raises FileNotFoundError where no picture is found.
    """
    training: list[Bgr] = []
    held_out: list[Bgr] = []
    overlays = folder / "overlays"
    for path in sorted(p for p in folder.rglob("*") if overlays not in p.parents):
        bucket = hashlib.sha256(path.name.encode()).digest()[0] / 256.0
        (held_out if bucket < _HELD_OUT else training).extend(_pictures(path))
    if not training:
        raise FileNotFoundError(f"no pictures or clips to train on in {folder}")
    return FillSet(tuple(training), tuple(held_out) or tuple(training[:4]), load_mattes(overlays))


def _pictures(path: Path) -> list[Bgr]:
    if path.suffix.lower() in STILLS:
        picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
        return [] if picture is None else [np.asarray(picture, np.uint8)]
    if path.suffix.lower() in CLIPS:
        with av.open(str(path)) as container:
            frames = list(container.decode(video=0))[::_CLIP_STRIDE]
        return [np.asarray(f.to_ndarray(format="bgr24"), np.uint8) for f in frames]
    return []


def step_loss(network: FillNet, pictures: FillSet, recipe: FillRecipe, rng: np.random.Generator) -> Tensor:
    """What the network gets wrong inside the holes, at three scales and in its differences."""
    example = draw_examples(pictures.training, pictures.mattes, recipe, recipe.batch, rng)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        answer = network(example.smooth, example.hole)
    error = (answer.float() - example.clean) * example.hole
    count = example.hole.sum().clamp(min=1.0)
    loss = _distance(error).sum() / count
    for scale in (2, 4):
        # Of coarse errors: grain that cannot be guessed averages out, structure does not.
        coarse = functional.avg_pool2d(error, scale)
        loss = loss + 0.5 * _distance(coarse).sum() * scale**2 / count
    slopes = _distance(error.diff(dim=-1)).sum() + _distance(error.diff(dim=-2)).sum()
    total: Tensor = loss + 0.15 * slopes / count
    return total


def _distance(error: Tensor) -> Tensor:
    """Near the squared error below `_USUAL`, near the absolute one above: the mean is wanted, calmly."""
    return (error.square() + _USUAL**2).sqrt() - _USUAL


def draw_examples(
    pictures: tuple[Bgr, ...],
    mattes: tuple[Matte, ...],
    recipe: FillRecipe,
    count: int,
    rng: np.random.Generator,
    plain: bool = False,
) -> Example:
    """`count` random patches with holes. plain: as they are, without grain or changes of tone."""
    size = recipe.patch
    clean = np.empty((count, size, size, 3), np.float32)
    smooth = np.empty_like(clean)
    holes = np.empty((count, size, size, 1), np.float32)
    for i in range(count):
        patch = _patch(pictures[int(rng.integers(len(pictures)))], size, rng)
        hole = draw_hole(size, recipe.share, recipe.widest, mattes, rng)
        clean[i] = patch if plain else _toned(patch, rng)
        seen = clean[i]
        if not plain:
            if rng.random() < 0.5:
                seen = _subsampled(seen)
            if rng.random() < recipe.grainy:
                seen = _grainy(seen, rng)
        smooth[i] = continued(seen, hole)
        holes[i, ..., 0] = hole
    return Example(_planes(smooth), _planes(holes), _planes(clean))


def continued(picture: NDArray[np.float32], hole: Mask) -> NDArray[np.float32]:
    """H x W x 3 with the hole filled by the smooth continuation that the network begins with."""
    return spread(picture, 1.0 - hole.astype(np.float32))


def _patch(picture: Bgr, size: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """A turned cut in Y'CbCr, enlarged a little or shrunk."""
    side = round(size * float(np.exp(rng.uniform(np.log(0.7), np.log(2.5)))))
    side = min(side, *picture.shape[:2])
    top, left = (int(rng.integers(n - side + 1)) for n in picture.shape[:2])
    cut = picture[top : top + side, left : left + side]
    method = cv2.INTER_AREA if side >= size else cv2.INTER_CUBIC
    turned = np.rot90(cv2.resize(cut, (size, size), interpolation=method), int(rng.integers(4))).astype(np.float32)
    if rng.random() < 0.5:
        turned = turned[:, ::-1]
    return np.asarray(turned @ _MATRIX.T / np.float32(255), np.float32)


def _toned(patch: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Other contrast, other exposure, weaker or no colour."""
    tone = patch.copy()
    middle = float(patch[..., 0].mean())
    tone[..., 0] = (patch[..., 0] - middle) * float(rng.uniform(0.6, 1.2)) + middle + float(rng.uniform(-0.08, 0.08))
    tone[..., 1:] *= 0.0 if rng.random() < 0.2 else float(rng.uniform(0.5, 1.3))
    if rng.random() < 0.1:
        tone[..., 0] = 2 * middle - tone[..., 0]
    return tone


def _subsampled(patch: NDArray[np.float32]) -> NDArray[np.float32]:
    """Chroma as it comes back from half the size both ways."""
    seen = patch.copy()
    small = cv2.resize(patch[..., 1:], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    seen[..., 1:] = small.repeat(2, axis=0).repeat(2, axis=1)
    return seen


def _grainy(patch: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """With grain of random strength and softness; weaker in chroma."""
    sigma = float(np.exp(rng.uniform(np.log(0.006), np.log(0.07))))
    grain = rng.standard_normal(patch.shape, np.float32)
    softness = float(rng.uniform(0.0, 1.2))
    if softness > 0.35:
        grain = np.asarray(cv2.GaussianBlur(grain, (0, 0), softness), np.float32)
        grain /= grain.std()
    grain[..., 1:] *= np.float32(rng.uniform(0.0, 0.6))
    return np.asarray(patch + np.float32(sigma) * grain, np.float32)


def _planes(stack: NDArray[np.float32]) -> Tensor:
    return torch.from_numpy(stack).permute(0, 3, 1, 2)


def judge(network: FillNet, held: Example) -> Mapping[str, float]:
    """Luma PSNR in dB inside the holes of held-out patches, all together, and what it is above simpler fillings."""
    answers = []
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for part in range(0, len(held.smooth), 8):
            answers.append(network(held.smooth[part : part + 8], held.hole[part : part + 8]).float())
    ours = psnr_inside(torch.cat(answers)[:, :1], held.clean[:, :1], held.hole)
    telea = psnr_inside(_telea(held), held.clean[:, :1], held.hole)
    return {
        "psnr": ours,
        "over_telea": ours - telea,
        "over_smooth": ours - psnr_inside(held.smooth[:, :1], held.clean[:, :1], held.hole),
    }


def psnr_inside(answer: Tensor, clean: Tensor, hole: Tensor) -> float:
    """dB over all samples of the holes together; answer and clean are luma, 0..1."""
    error = ((answer.clamp(0, 1) - clean).square() * hole).sum() / (hole.sum() * clean.shape[1])
    return float(-10 * error.clamp(min=1e-10).log10())


def _telea(held: Example) -> Tensor:
    filled = []
    for clean, hole in zip(held.clean[:, 0].numpy(), held.hole[:, 0].numpy(), strict=True):
        codes = np.rint(np.clip(clean, 0, 1) * 255).astype(np.uint8)
        filled.append(cv2.inpaint(codes, hole.astype(np.uint8), 3, cv2.INPAINT_TELEA).astype(np.float32) / 255)
    return torch.from_numpy(np.stack(filled))[:, None]
