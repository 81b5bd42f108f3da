"""Recipe `fade`: trains the network that judges how a film faded, on spectrally simulated fades."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from engines.fade.tensors import restored
from engines.models.weights import save_weights
from engines.nets.fade_predictor import SIDE, FadePredictor, FadePredictorConfig
from engines.training.fade_loss import difference
from engines.training.fade_pictures import Colour, ColourSet, Rgb, drawn_picture, joined, load_colour_set
from engines.training.loop import LoopConfig, TimedLoop
from engines.training.simulator.fade.draw import draw_fade
from engines.training.simulator.fade.fading import faded

_ROUND_WEIGHT = 0.3
"""What earlier rounds count against the last."""

_HARM = 1.5
"""What a picture made worse counts more than one made better."""

_UNFADED = 0.5
"""Mean difference below which a picture counts as unfaded."""

_LEAST = 0.3
"""Added to differences before their logarithm is told."""


@dataclass(frozen=True)
class FadeRecipe:
    """Everything that decides the weights, besides the data."""

    fresh: int = 12
    """Fades simulated anew per step; the rest of a batch is drawn from the last `remembered`."""
    batch: int = 48
    remembered: int = 6000
    start: int = 240
    """Fades simulated before the first step."""
    joined: float = 0.35
    """Share of pictures put together from two: more scenes than there are pictures."""
    untouched: float = 0.3
    """Share of pictures that did not fade."""
    seed: int = 2026
    members: int = 3
    """Networks trained one after another, each with draws of its own; what they say is averaged."""
    rate: float = 1.5e-3
    held_out: float = 0.02
    judged: int = 240
    config: FadePredictorConfig = field(default_factory=FadePredictorConfig)


@dataclass(frozen=True, eq=False)
class Pairs:
    """truth, scans: N x 3 x SIDE x SIDE nominal."""

    truth: Tensor
    scans: Tensor


def train_fade(
    data: Path,
    folder: Path,
    minutes: float,
    resume: bool,
    tell: Callable[[dict[str, float]], None] = lambda _: None,
    recipe: FadeRecipe | None = None,
) -> Path:
    """Train for `minutes` (all members and resumed runs together) and write `folder/fade.safetensors`; its path.

    Raises FileNotFoundError where `data` holds no coloured pictures.
    """
    recipe = recipe or FadeRecipe()
    pictures = load_colour_set(data, recipe.held_out)
    judged = _stacked(drawn_pairs(pictures.held_out, recipe.judged, recipe, np.random.default_rng(recipe.seed + 1)))
    tensors: dict[str, Tensor] = {}
    statement: dict[str, str] = {}
    for member in range(recipe.members):
        own = replace(recipe, seed=recipe.seed + member)
        loop = _trained(pictures, judged, folder / f"member{member}", minutes / recipe.members, resume, tell, own)
        tensors |= {f"{member}.{name}": held for name, held in loop.average.state_dict().items()}
        statement = loop.statement("FadePredictor", "fade", len(pictures.training), recipe.config)
    path = folder / "fade.safetensors"
    save_weights(path, tensors, {**statement, "members": str(recipe.members)})
    return path


def _trained(
    pictures: ColourSet,
    judged: Pairs,
    folder: Path,
    minutes: float,
    resume: bool,
    tell: Callable[[dict[str, float]], None],
    recipe: FadeRecipe,
) -> TimedLoop:
    """One network, trained."""
    torch.manual_seed(recipe.seed)
    network = FadePredictor(recipe.config)
    loop = TimedLoop(network, folder, LoopConfig(minutes=minutes, learning_rate=recipe.rate, report_every=3.0))
    if resume:
        loop.resume()
    rng = np.random.default_rng((recipe.seed, loop.step))
    recent: deque[tuple[NDArray[np.float16], NDArray[np.float16]]] = deque(maxlen=recipe.remembered)

    def step_loss() -> Tensor:
        count = recipe.fresh if recent else recipe.start
        recent.extend(drawn_pairs(pictures.training, count, recipe, rng))
        pairs = _stacked([_turned(recent[int(i)], rng) for i in rng.integers(len(recent), size=recipe.batch)])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            answers = network(pairs.scans)
        return loss_of(answers, pairs)

    loop.run(step_loss, lambda average: judge(average, judged), tell)
    return loop


def loss_of(answers: Sequence[tuple[Tensor, Tensor]], pairs: Pairs) -> Tensor:
    """Mean difference from the truth after every round; making a picture worse, or an unfaded one other, counts more;
    and how well the network foretells both differences.
    """
    scans, truth = _thinned(pairs.scans), _thinned(pairs.truth)
    before = _apart(scans, truth)
    total = scans.new_zeros(())
    for index, (vectors, doubts) in enumerate(answers):
        after = _apart(restored(vectors.float(), scans), truth)
        harm = functional.relu(after - before - 0.1)
        told = torch.stack((before, after.detach()), dim=1)
        doubt = (doubts.float() - (told + _LEAST).log()).square().mean()
        weight = 1.0 if index == len(answers) - 1 else _ROUND_WEIGHT
        total = total + weight * ((after + _HARM * harm).mean() + 0.5 * doubt)
    return total


def judge(network: nn.Module, pairs: Pairs) -> Mapping[str, float]:
    """Mean differences of faded pictures before and after, of unfaded ones after, and the most harm done to one."""
    with torch.inference_mode():
        answers = network(pairs.scans)
        before = _apart(pairs.scans, pairs.truth)
        after = _apart(restored(answers[-1][0], pairs.scans), pairs.truth)
        told = answers[-1][1].exp()[:, 1]
    fresh = before < _UNFADED
    worse = (after - before).sort().values
    return {
        "before": float(before[~fresh].mean()),
        "after": float(after[~fresh].mean()),
        "unfaded": float(after[fresh].mean()),
        "unfaded worst": float(torch.where(fresh, after, torch.zeros(())).max()),
        "worse": float(worse[-1]),
        "worse 5 %": float(worse[-len(worse) // 20]),
        "foretold": _correlation(told, after),
    }


def _correlation(first: Tensor, second: Tensor) -> float:
    """0 where one of them is constant."""
    one, other = first - first.mean(), second - second.mean()
    return float((one * other).sum() / (one.norm() * other.norm()).clamp_min(1e-9))


def drawn_pairs(
    pictures: Sequence[Colour], count: int, recipe: FadeRecipe, rng: np.random.Generator
) -> list[tuple[NDArray[np.float16], NDArray[np.float16]]]:
    """Pictures with the scans of their faded film, 3 x SIDE x SIDE each."""
    pairs = []
    for _ in range(count):
        truth = drawn_picture(pictures[int(rng.integers(len(pictures)))], SIDE, rng)
        if rng.random() < recipe.joined:
            truth = joined(truth, drawn_picture(pictures[int(rng.integers(len(pictures)))], SIDE, rng), rng)
        pairs.append((truth.astype(np.float16), _scan(truth, recipe, rng).astype(np.float16)))
    return pairs


def _scan(truth: Rgb, recipe: FadeRecipe, rng: np.random.Generator) -> Rgb:
    untouched = rng.random() < recipe.untouched
    if untouched and rng.random() < 0.6:
        scan = truth
    else:
        scan = faded(truth, draw_fade(rng, 0.0 if untouched else None), float(rng.uniform()))
    if rng.random() < 0.15:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(60, 95))]
        codes = np.rint(scan.transpose(1, 2, 0) * 255.0).astype(np.uint8)
        shown = cv2.imdecode(cv2.imencode(".jpg", codes, quality)[1], cv2.IMREAD_COLOR)
        assert shown is not None
        scan = shown.transpose(2, 0, 1) / np.float32(255)
    return np.asarray(scan, np.float32)


def _turned(
    pair: tuple[NDArray[np.float16], NDArray[np.float16]], rng: np.random.Generator
) -> tuple[NDArray[np.float16], NDArray[np.float16]]:
    step = int(rng.choice((-1, 1)))
    return pair[0][:, :, ::step], pair[1][:, :, ::step]


def _stacked(pairs: Sequence[tuple[NDArray[np.float16], NDArray[np.float16]]]) -> Pairs:
    truth, scans = (torch.from_numpy(np.stack(side)).float() for side in zip(*pairs, strict=True))
    return Pairs(truth, scans)


def _apart(pictures: Tensor, truth: Tensor) -> Tensor:
    """B: mean difference."""
    return difference(pictures.flatten(2), truth.flatten(2)).mean(dim=1)


def _thinned(pictures: Tensor) -> Tensor:
    """Every second pixel of every second row."""
    return pictures[:, :, ::2, ::2]
