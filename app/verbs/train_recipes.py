"""The recipes behind the shipped weights, by the name of their weight file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from engines.errors import SettingError

Tell = Callable[[dict[str, float]], None]
Recipe = Callable[[Any, Path, Path, Tell], Path]
"""Arguments of the command, folder of the data, folder for the results, who hears the figures -> the weights."""


def recipes() -> Mapping[str, Recipe]:
    """Every recipe. Raises FileNotFoundError, ModelError or SettingError when run."""
    return {
        "detail": _tier,
        "draft": _tier,
        "best": _tier,
        "perceptual": _perceptual,
        "hallucination": _hallucination,
        "grain": _grain,
        "fill": _fill,
        "scratch": _scratch,
        "dirt": _dirt,
        "fade": _fade,
    }


def _tier(args: Any, data: Path, folder: Path, tell: Tell) -> Path:
    from engines.models.registry import weights_folder
    from engines.models.weights import load_weights
    from engines.training.detail import RECIPES, train_detail

    # The best tier is the standard one that learns to look far around.
    start = load_weights(weights_folder() / "detail.safetensors").tensors if args.name == "best" else None
    return train_detail(data, folder, args.minutes, args.resume, tell, RECIPES[args.name], start, name=args.name)


def _perceptual(args: Any, data: Path, folder: Path, tell: Tell) -> Path:
    from engines.metrics.perceptual import usual_folders
    from engines.models.registry import load_detail
    from engines.training.perceptual import train_perceptual

    features = args.features or next((place for place in usual_folders() if place.is_dir()), None)
    if features is None:
        raise SettingError("The perceptual recipe looks through a feature network.", "Give its folder with --features.")
    return train_perceptual(data, folder, args.minutes, args.resume, load_detail("cpu").fidelity, features, tell)


def _grain(args: Any, data: Path, folder: Path, tell: Tell) -> Path:
    from engines.training.grain_kind import train_grain_kind

    return train_grain_kind(data, folder, args.minutes, args.resume, tell)


def _hallucination(_args: Any, data: Path, folder: Path, _tell: Tell) -> Path:
    from engines.models.registry import weights_folder
    from engines.training.calibrate import calibrate

    folder.mkdir(parents=True, exist_ok=True)
    shipped, out = weights_folder(), folder / "hallucination.safetensors"
    return calibrate(data, shipped / "detail.safetensors", shipped / "perceptual.safetensors", out)


def _fill(args: Any, data: Path, folder: Path, tell: Tell) -> Path:
    from engines.training.fill import train_fill

    return train_fill(data, folder, args.minutes, args.resume, tell)


def _dirt(args: Any, data: Path, folder: Path, tell: Tell) -> Path:
    from engines.training.blotch import train_blotch

    return train_blotch(data, folder, args.minutes, args.resume, tell)


def _fade(args: Any, data: Path, folder: Path, tell: Tell) -> Path:
    from engines.training.fade import train_fade

    return train_fade(data, folder, args.minutes, args.resume, tell)


def _scratch(args: Any, data: Path, folder: Path, tell: Tell) -> Path:
    from engines.training.scratch import train_scratch

    return train_scratch(data, folder, args.minutes, args.resume, tell)
