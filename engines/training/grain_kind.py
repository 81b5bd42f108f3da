"""Recipe `grain`: trains the network that tells grain, digital noise, compression and clean picture apart."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import av
import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from engines.grain.patches import patches_of, planes_of
from engines.models.weights import save_weights
from engines.nets.grain_kind import KINDS, PATCH, GrainKindConfig, GrainKindNet
from engines.training.datasets import CLIPS, STILLS
from engines.training.loop import LoopConfig, TimedLoop
from engines.training.plant.grain import FilmGrain, grain_field
from engines.training.plant.noise import DigitalNoise, noise_field
from engines.training.simulator.codecs import Codec, CodecSetting, code

Frames = NDArray[np.uint8]

_MOMENTS, _HEIGHT, _WIDTH = 4, 160, 224
_JUDGED = 1
# Below this share of grain or noise that passed a codec, the codec's own errors are what is left.
_PASSED = 0.45
_RUN = 6
_CLIP_WEIGHT = 4
_LARGEST_STILL = 800_000


@dataclass(frozen=True)
class GrainKindRecipe:
    """Everything that decides the weights, besides the data."""

    fresh: int = 2
    """Moments degraded anew per step; each gives up to `patches` patches."""
    patches: int = 8
    batch: int = 64
    """Patches per step, drawn from the last `remembered` moments: degrading costs more than learning."""
    remembered: int = 2500
    seed: int = 2026
    rate: float = 2e-3
    held_out: float = 0.15
    judged: int = 80
    """Moments of held-out clips and pictures per kind that the network is judged on."""
    config: GrainKindConfig = field(default_factory=GrainKindConfig)


@dataclass(frozen=True, eq=False)
class Scenes:
    """Clean material: each entry N x H x W uint8 luma, N consecutive frames (1 for a still)."""

    training: tuple[Frames, ...]
    held_out: tuple[Frames, ...]


def load_scenes(data: Path, held_out: float) -> Scenes:
    """Clips below `data` in short runs of frames, and stills; held out by hash of name. Raises FileNotFoundError."""
    training: list[Frames] = []
    kept: list[Frames] = []
    for path in sorted(p for p in data.rglob("*") if "overlays" not in p.parts):
        bucket = hashlib.sha256(path.name.encode()).digest()[1] / 256.0
        (kept if bucket < held_out else training).extend(_scenes(path))
    if not training:
        raise FileNotFoundError(f"no pictures or clips to train on in {data}")
    return Scenes(tuple(training), tuple(kept) or tuple(training[:8]))


def train_grain_kind(
    data: Path,
    folder: Path,
    minutes: float,
    resume: bool,
    tell: Callable[[dict[str, float]], None] = lambda _: None,
    recipe: GrainKindRecipe | None = None,
) -> Path:
    """Train for `minutes` (all resumed runs together) and write `folder/grain.safetensors`; returns its path.

    Raises FileNotFoundError where `data` holds no pictures.
    """
    recipe = recipe or GrainKindRecipe()
    torch.manual_seed(recipe.seed)
    scenes = load_scenes(data, recipe.held_out)
    network = GrainKindNet(recipe.config)
    loop = TimedLoop(network, folder, LoopConfig(minutes=minutes, learning_rate=recipe.rate, report_every=3.0))
    if resume:
        loop.resume()
    rng = np.random.default_rng((recipe.seed, loop.step))
    judged = held_moments(scenes.held_out, recipe)

    recent: deque[tuple[NDArray[np.float16], int]] = deque(maxlen=recipe.remembered)

    def step_loss() -> Tensor:
        while len(recent) < recipe.batch:
            recent.append(_remembered(scenes.training, recipe.patches, rng))
        recent.extend(_remembered(scenes.training, recipe.patches, rng) for _ in range(recipe.fresh))
        chosen = [recent[int(i)] for i in rng.integers(len(recent), size=recipe.batch)]
        drawn = np.stack([patches[int(rng.integers(len(patches)))] for patches, _ in chosen])
        patches = torch.from_numpy(_turned(drawn, rng).astype(np.float32))
        kinds = torch.tensor([kind for _, kind in chosen])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            answer = network(patches.contiguous(memory_format=torch.channels_last))
        return functional.cross_entropy(answer.float(), kinds, label_smoothing=0.02)

    loop.run(step_loss, lambda average: judge(average, judged), tell)
    average = loop.average
    assert isinstance(average, GrainKindNet)
    average.temperature.fill_(fitted_temperature(average, judged))
    path = folder / "grain.safetensors"
    pictures = len(scenes.training)
    save_weights(path, average.state_dict(), loop.statement("GrainKindNet", "grain", pictures, recipe.config))
    return path


def _remembered(scenes: Sequence[Frames], most: int, rng: np.random.Generator) -> tuple[NDArray[np.float16], int]:
    patches, kind = draw(scenes, most, rng)
    return patches.astype(np.float16), kind


def _turned(patches: NDArray[np.float16], rng: np.random.Generator) -> NDArray[np.float16]:
    """Mirrored at random; never turned by a quarter: rows and columns of cameras differ."""
    return np.ascontiguousarray(patches[..., :: rng.choice((-1, 1)), :: rng.choice((-1, 1))])


def draw(scenes: Sequence[Frames], most: int, rng: np.random.Generator) -> tuple[NDArray[np.float32], int]:
    """Patches of one moment degraded in one way, and the index of its kind."""
    clean = _moments(scenes[int(rng.integers(len(scenes)))], rng)
    shown, kind = degraded(clean, int(rng.integers(len(KINDS))), rng)
    alone = rng.random() < 0.15
    step = 1 if rng.random() < 0.5 else -1
    planes = planes_of(shown[_JUDGED], None if alone else shown[_JUDGED + step])
    return patches_of(planes, most), kind


def degraded(clean: NDArray[np.float32], kind: int, rng: np.random.Generator) -> tuple[NDArray[np.float32], int]:
    """N x H x W frames (0..1) of the kind asked for, and the kind that came of it: what passes a codec keeps its name,
    what does not leaves the codec's own errors."""
    name = KINDS[kind]
    compressed = name == "compression"
    # Much of what is compressed was grainy or noisy before.
    planted = ("grain", "digital", "clean")[int(rng.choice(3, p=(0.2, 0.25, 0.55)))] if compressed else name
    added = np.zeros_like(clean)
    if planted == "grain":
        stock = FilmGrain.drawn(rng)
        added = np.stack([grain_field(frame, stock, rng) for frame in clean])
    elif planted == "digital":
        camera, seed = DigitalNoise.drawn(rng), int(rng.integers(2**32))
        added = np.stack([noise_field(frame, camera, rng, np.random.default_rng(seed)) for frame in clean])
    shown = np.rint(np.clip(clean + added, 0, 1) * 255.0).astype(np.uint8)
    if compressed or rng.random() < (0.25 if planted == "clean" else 0.45):
        shown = code(shown, _codec(compressed, planted == "clean", rng))
    answer = np.asarray(shown, np.float32) / np.float32(255.0)
    if planted == "clean":
        return answer, kind
    left = float((added * (answer - clean)).mean()) / max(float(np.square(added).mean()), 1e-12)
    return answer, KINDS.index(planted if left >= _PASSED else "compression")


def held_moments(scenes: Sequence[Frames], recipe: GrainKindRecipe) -> list[tuple[Tensor, int]]:
    """The same moments whenever asked: patches of each, and its kind."""
    rng = np.random.default_rng(recipe.seed + 1)
    drawn = [draw(scenes, recipe.patches, rng) for _ in range(recipe.judged * len(KINDS))]
    return [(torch.from_numpy(patches), kind) for patches, kind in drawn]


def judge(network: nn.Module, moments: Sequence[tuple[Tensor, int]]) -> Mapping[str, float]:
    """Accuracy per patch and per moment, and the latter kind by kind."""
    answers = _answers(network, moments)
    kinds = np.array([kind for _, kind in moments])
    right = np.array([int(answer.mean(dim=0).argmax()) for answer in answers]) == kinds
    patch = torch.cat([(answer.argmax(dim=1) == kind).float() for answer, kind in zip(answers, kinds, strict=True)])
    by_kind = {name: float(right[kinds == index].mean()) for index, name in enumerate(KINDS) if (kinds == index).any()}
    return {"patch": float(patch.mean()), "moment": float(right.mean()), **by_kind}


def fitted_temperature(network: nn.Module, moments: Sequence[tuple[Tensor, int]]) -> float:
    """What the mean answer of a moment's patches is divided by to say its probability (Guo et al. 2017)."""
    means = torch.stack([answer.mean(dim=0) for answer in _answers(network, moments)])
    kinds = torch.tensor([kind for _, kind in moments])
    tried = np.geomspace(0.2, 5.0, 60)
    losses = [float(functional.cross_entropy(means / float(t), kinds)) for t in tried]
    return float(tried[int(np.argmin(losses))])


def _answers(network: nn.Module, moments: Sequence[tuple[Tensor, int]]) -> list[Tensor]:
    with torch.inference_mode():
        return [network(patches) for patches, _ in moments]


def _codec(strong: bool, clean: bool, rng: np.random.Generator) -> CodecSetting:
    which = int(rng.integers(4))
    if which == 0:
        low, high = (12, 60) if strong else (90, 98) if clean else (75, 96)
        return CodecSetting("jpeg", int(rng.integers(low, high)))
    low, high = (26, 42) if strong else (8, 14) if clean else (10, 24)
    if which == 3:
        low, high = (7, 24) if strong else (2, 3) if clean else (2, 5)
        return CodecSetting("mpeg2", int(rng.integers(low, high)), b_frames=int(rng.integers(3)), keyframe_every=12)
    codec: Codec = "h264" if which == 1 or rng.random() < 0.7 else "hevc"
    return CodecSetting(codec, int(rng.integers(low, high)), b_frames=int(rng.integers(3)))


def _moments(scene: Frames, rng: np.random.Generator) -> NDArray[np.float32]:
    """_MOMENTS x H x W cut of a scene, brightness and contrast of film or video at random; a still is panned."""
    height, width = scene.shape[1:]
    top = int(rng.integers(max(1, height - _HEIGHT + 1)))
    left = int(rng.integers(max(1, width - _WIDTH + 1)))
    if len(scene) >= _MOMENTS:
        first = int(rng.integers(len(scene) - _MOMENTS + 1))
        cut = scene[first : first + _MOMENTS, top : top + _HEIGHT, left : left + _WIDTH].astype(np.float32)
    else:
        cut = _panned(scene[0].astype(np.float32), top, left, rng)
    if rng.random() < 0.5:
        cut = cut[:, :, ::-1]
    levels = cut / np.float32(255.0)
    gamma, gain = rng.uniform(0.6, 1.6), rng.uniform(0.55, 1.0)
    lift = rng.uniform(0.0, 1.0 - gain)
    return np.ascontiguousarray(levels**gamma * gain + lift, dtype=np.float32)


def _panned(picture: NDArray[np.float32], top: int, left: int, rng: np.random.Generator) -> NDArray[np.float32]:
    dx, dy = rng.uniform(-3, 3, 2) if rng.random() < 0.7 else (0.0, 0.0)
    size = (min(_WIDTH, picture.shape[1]), min(_HEIGHT, picture.shape[0]))
    turns = [np.array([[1, 0, left + n * dx], [0, 1, top + n * dy]], np.float32) for n in range(_MOMENTS)]
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    moved = [cv2.warpAffine(picture, turn, size, flags=flags, borderMode=cv2.BORDER_REFLECT_101) for turn in turns]
    return np.clip(np.stack(moved), 0, 255)


def _scenes(path: Path) -> list[Frames]:
    if path.suffix.lower() in STILLS:
        picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        return [] if picture is None or min(picture.shape) < PATCH else [_limited(np.asarray(picture, np.uint8))[None]]
    if path.suffix.lower() in CLIPS:
        with av.open(str(path)) as container:
            frames = [np.asarray(f.to_ndarray(format="gray"), np.uint8) for f in container.decode(video=0)]
        # A third of the clips' frames is enough, and counts each clip as often as several stills.
        runs = [np.stack(frames[i : i + _RUN]) for i in range(0, len(frames) - _RUN + 1, 2 * _RUN)]
        return runs * _CLIP_WEIGHT
    return []


def _limited(picture: Frames) -> Frames:
    """Camera stills halve until they are about as large as the clips: their own grain shrinks away."""
    while picture.size > _LARGEST_STILL:
        size = (picture.shape[1] // 2, picture.shape[0] // 2)
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    return picture
