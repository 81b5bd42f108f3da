"""Recipe `hallucination`: fits the calibrator of the risk map and the thresholds that keep its promise."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression
from torch.nn import functional

from engines.hallucination.answers import CLEAN, Judged, Pair, load_pair
from engines.hallucination.calibrator import RISKS, SCALES, Calibrator, RiskNet
from engines.hallucination.conformal import controlled_threshold, missed_shares
from engines.hallucination.features import NAMES, cell_of, feature_planes
from engines.hallucination.lettering import words
from engines.hallucination.visible import visibly_wrong
from engines.models.weights import load_weights, save_weights
from engines.training.datasets import load_luma_set
from engines.training.degradations import DegradationRange

Picture = NDArray[np.float32]
Tell = Callable[[str], object]

SLIDER = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Positions of the slider that the fit looks at."""
# The feature that not every F tells; the plane after it says whether it is there.
_DOUBT = NAMES.index("doubt of F")
_LACKING = 0.3


@dataclass(frozen=True)
class CalibrationRecipe:
    """Everything that decides the calibrator, besides the pictures, F and P."""

    fitting: Mapping[int, int] = field(default_factory=lambda: {1: 20, 2: 30, 4: 90})
    """Crops per scale that the network learns from."""
    promising: Mapping[int, int] = field(default_factory=lambda: {1: 40, 2: 50, 4: 110})
    """Crops per scale, of other pictures, that probabilities and thresholds are taken from."""
    side: Mapping[int, int] = field(default_factory=lambda: {1: 96, 2: 160, 4: 224})
    """Pixels a side of a crop of the truth, per scale."""
    words: int = 30
    """Crops with lettering (x4) that the network learns from, too; promises rest on pictures alone."""
    cells: int = 1024
    """Places drawn per crop."""
    steps: int = 2000
    seed: int = 2026
    reach: DegradationRange = field(default_factory=lambda: DegradationRange(noisy_share=0.25, compressed_share=0.2))


@dataclass(frozen=True, eq=False)
class Places:
    """Places in many crops. features: crops x cells x NAMES. wrong: crops x cells x SLIDER."""

    features: NDArray[np.float32]
    wrong: NDArray[np.bool_]


def calibrate(
    data: Path,
    detail: Path,
    perceptual: Path,
    out: Path,
    tell: Tell = lambda _: None,
    recipe: CalibrationRecipe | None = None,
) -> Path:
    """Fit to the stills below `data` and to the two weight files; writes `out` and returns it.

    Raises FileNotFoundError where `data` holds no pictures, ModelError where a weight file is of another network.
    """
    recipe = recipe or CalibrationRecipe()
    torch.manual_seed(recipe.seed)
    rng = np.random.default_rng(recipe.seed)
    pair = load_pair(detail, perceptual)
    known = load_luma_set(data / "images" if (data / "images").is_dir() else data)
    # Promises rest on what F and P were not trained on first of all, then on what the calibrator does not learn from.
    seen = [known.training[i] for i in rng.permutation(len(known.training))]
    half = len(seen) // 2
    learned, kept = seen[:half], [*known.held_out, *seen[half:]]
    fitting, promising = {}, {}
    for scale in SCALES:
        tell(f"{scale}x: answers of F and P")
        fitting[scale] = _places(pair, learned, scale, recipe.fitting[scale], recipe, rng)
        promising[scale] = _places(pair, kept, scale, recipe.promising[scale], recipe, rng)
    tell("lettering")
    lettering = _lettering(pair, learned, recipe, rng)
    tell("fitting")
    network = fit_network([*fitting.values(), lettering], recipe, rng)
    raw = Calibrator(network, np.array([[0.0, 1.0], [0.0, 1.0]], dtype=np.float32), 1.0, {})
    knots = fit_knots(raw, list(promising.values()))
    bend = fit_bend(Calibrator(network, knots, 1.0, {}), list(promising.values()))
    done = Calibrator(network, knots, bend, {})
    table = [[*fit_thresholds(done, promising[scale])] for scale in SCALES]
    tensors = {f"network.{k}": v for k, v in network.state_dict().items()}
    tensors |= {"knots": torch.from_numpy(knots), "bend": torch.tensor(bend), "thresholds": torch.tensor(table)}
    statement = {
        "network": "hallucination",
        "recipe": "engines/training/calibrate.py",
        "detail": load_weights(detail).sha256,
        "perceptual": load_weights(perceptual).sha256,
        "pictures": str(len(learned) + len(kept)),
        **{f"crops.fitting.{scale}": str(recipe.fitting[scale]) for scale in SCALES},
        **{f"crops.promising.{scale}": str(recipe.promising[scale]) for scale in SCALES},
    }
    save_weights(out, tensors, statement)
    return out


def _places(
    pair: Pair,
    pictures: Sequence[NDArray[np.uint8]],
    scale: int,
    count: int,
    recipe: CalibrationRecipe,
    rng: np.random.Generator,
) -> Places:
    """One crop of each of `count` pictures, again from the first where there are fewer; half of them with two seeds."""
    drawn = []
    for index in range(count):
        truth = _crop(pictures[index % len(pictures)], recipe.side[scale], rng)
        seeds = 1 + index % 2
        drawn.append(_draw(pair.judged(truth, scale, rng, recipe.reach, seeds), recipe.cells, rng))
    return Places(np.stack([features for features, _ in drawn]), np.stack([wrong for _, wrong in drawn]))


def _lettering(
    pair: Pair, pictures: Sequence[NDArray[np.uint8]], recipe: CalibrationRecipe, rng: np.random.Generator
) -> Places:
    grounds = [_crop(picture, recipe.side[4], rng) for picture in pictures[: recipe.words]]
    cases = words(recipe.words, recipe.seed, grounds)
    drawn = [_draw(pair.judged(case.picture, 4, rng, CLEAN, seeds=1), recipe.cells, rng) for case in cases]
    return Places(np.stack([features for features, _ in drawn]), np.stack([wrong for _, wrong in drawn]))


def _crop(picture: NDArray[np.uint8], side: int, rng: np.random.Generator) -> Picture:
    short = [max(0, side - length) for length in picture.shape]
    picture = np.pad(picture, ((0, short[0]), (0, short[1])), mode="symmetric")
    top, left = (int(rng.integers(length - side + 1)) for length in picture.shape)
    return picture[top : top + side, left : left + side].astype(np.float32) / np.float32(255)


def _draw(judged: Judged, count: int, rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Features (count x NAMES) and what was wrong (count x SLIDER) at places drawn at random."""
    evidence = judged.evidence
    planes = feature_planes(evidence)
    planes = planes.reshape(len(planes), -1)
    cell = cell_of(evidence.scale)
    change = judged.change
    wrong = np.stack(
        [
            visibly_wrong(evidence.faithful + np.float32(alpha) * change, judged.truth)[
                cell // 2 :: cell, cell // 2 :: cell
            ]
            for alpha in SLIDER
        ]
    ).reshape(len(SLIDER), -1)
    places = rng.integers(planes.shape[1], size=count)
    return np.ascontiguousarray(planes[:, places].T), np.ascontiguousarray(wrong[:, places].T)


def fit_network(parts: Sequence[Places], recipe: CalibrationRecipe, rng: np.random.Generator) -> RiskNet:
    """Maximum likelihood of what was wrong at both ends of the slider; F's doubt is left out now and then."""
    features = torch.from_numpy(np.concatenate([part.features.reshape(-1, len(NAMES)) for part in parts]))
    ends = np.concatenate([part.wrong[..., [0, -1]].reshape(-1, 2) for part in parts])
    wrong = torch.from_numpy(ends.astype(np.float32))
    network = RiskNet()
    spread = features.std(dim=0)
    network.mean.copy_(features.mean(dim=0))
    network.spread.copy_(torch.where(spread > 1e-6, spread, torch.ones_like(spread)))
    optimiser = torch.optim.Adam(network.parameters())
    for step in range(recipe.steps):
        for group in optimiser.param_groups:
            group["lr"] = 4e-3 * (1 - step / recipe.steps)
        chosen = torch.from_numpy(rng.integers(len(features), size=2048))
        batch = features[chosen]
        batch[torch.from_numpy(rng.random(len(batch)) < _LACKING), _DOUBT : _DOUBT + 2] = 0.0
        said = network(batch).clamp(1e-5, 1 - 1e-5)
        loss = functional.binary_cross_entropy(said, wrong[chosen])
        optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        optimiser.step()
    return network.eval().requires_grad_(False)


def fit_knots(raw: Calibrator, parts: Sequence[Places], bins: int = 40) -> NDArray[np.float32]:
    """2 x K map from what the network says to how often it was so: isotonic regression over equally filled bins."""
    said = np.concatenate([raw.ends(part.features.reshape(-1, len(NAMES))).ravel() for part in parts])
    was = np.concatenate([part.wrong[..., [0, -1]].reshape(-1) for part in parts])
    order = np.argsort(said, kind="stable")
    groups = np.array_split(order, bins)
    x, kept = np.unique(np.array([said[group].mean() for group in groups], dtype=np.float32), return_index=True)
    y = np.asarray(isotonic_regression([was[group].mean() for group in groups]).x)[kept]
    # A little of the network's own figure keeps equal steps apart, so that every place has its rank.
    x, y = np.concatenate(([0.0], x, [1.0])), np.concatenate((y[:1], y, y[-1:]))
    return np.stack([x, 0.99 * y + 0.01 * x]).astype(np.float32)


def fit_bend(calibrator: Calibrator, parts: Sequence[Places]) -> float:
    """The exponent under which what was wrong between the ends of the slider is likeliest."""
    ends = np.concatenate([calibrator.ends(part.features.reshape(-1, len(NAMES))) for part in parts])
    wrong = np.concatenate([part.wrong.reshape(-1, len(SLIDER)) for part in parts])

    def surprise(bend: float) -> float:
        total = 0.0
        for index, alpha in enumerate(SLIDER[1:-1], start=1):
            said = np.clip(ends[:, 0] + alpha**bend * (ends[:, 1] - ends[:, 0]), 1e-5, 1 - 1e-5)
            total -= float(np.where(wrong[:, index], np.log(said), np.log(1 - said)).mean())
        return total

    return float(min(np.arange(0.5, 4.01, 0.1), key=surprise))


def fit_thresholds(calibrator: Calibrator, places: Places) -> tuple[float, ...]:
    """One per entry of `RISKS`: the most careful over the positions of the slider above 0."""
    # Risks travel as bytes beside the labels: the promise must hold for what is left of them.
    thresholds = np.arange(256) / 255.0
    low, high = np.moveaxis(calibrator.ends(places.features.reshape(-1, len(NAMES))), 1, 0)
    found = []
    for index, alpha in enumerate(SLIDER[1:], start=1):
        risk = np.rint(calibrator.between(low, high, alpha).astype(np.float64) * 255.0) / 255.0
        pairs = zip(risk.reshape(places.wrong.shape[:2]), places.wrong[..., index], strict=True)
        losses = np.stack([missed_shares(one, wrong, thresholds) for one, wrong in pairs])
        found.append([controlled_threshold(losses, thresholds, level) for level in RISKS])
    return tuple(float(t) for t in np.min(found, axis=0))


def main() -> None:
    """`python -m engines.training.calibrate`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of clean pictures (or with images/ in it)")
    parser.add_argument("--detail", type=Path, required=True, help="weight file of F")
    parser.add_argument("--perceptual", type=Path, required=True, help="weight file of P")
    parser.add_argument("--out", type=Path, required=True, help="weight file to write")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    calibrate(given.data, given.detail, given.perceptual, given.out, logging.info)


if __name__ == "__main__":
    main()
