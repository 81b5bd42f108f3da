"""Which weight files a stage computes with: their digests, and what is stated of their training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from engines.errors import ModelError
from engines.models.collection import Card, find
from engines.models.community import file_digest
from engines.models.registry import TIERS, describe_model, weights_folder
from engines.stages.base import Stage
from engines.stages.detail import DetailStage
from engines.stages.dirt import Dirt
from engines.stages.fade import Fade
from engines.stages.grain import Grain
from engines.stages.inpaint import Inpaint
from engines.stages.model import ModelStage
from engines.stages.per_shot import PerShot
from engines.stages.scratch import Scratch


@dataclass(frozen=True)
class UsedWeights:
    """name: of the model. sha256: of its file as it is on the disk now. statement: what its file says of its training.

    card: of the user's own models, what is known of them beside.
    """

    name: str
    sha256: str
    licence: str
    statement: Mapping[str, str]
    card: Mapping[str, Any]


def weights_of(stage: Stage, models: Path | None) -> tuple[UsedWeights, ...]:
    """Every file that decides what `stage` answers; models: the user's own. Raises ModelError."""
    match stage:
        case PerShot():
            variants = (variant for variant in stage.variants.values() if variant is not None)
            return tuple({used.name: used for one in variants for used in weights_of(one, models)}.values())
        case DetailStage():
            own = stage.settings.weights
            first = _own(find(models, own), models) if own else _shipped(TIERS[stage.tier])
            perceptual = (_shipped("perceptual"),) if stage.settings.perceptual > 0 else ()
            return (first, _calibrator(), *perceptual)
        case ModelStage():
            return (_own(stage.card, models),)
        case Inpaint():
            return (_shipped("fill"),) if stage.settings.spatial == "fill" else ()
        case Dirt() | Scratch() | Fade() | Grain():
            return (_shipped(stage.name),)
        case _:
            return ()


def _shipped(name: str) -> UsedWeights:
    entry = describe_model(name)
    return UsedWeights(name, entry.sha256, entry.licence, entry.statement, {})


def _calibrator() -> UsedWeights:
    path = weights_folder() / "hallucination.safetensors"
    return UsedWeights("hallucination", file_digest(path), "Apache-2.0", _stated(path), {})


def _own(card: Card, models: Path | None) -> UsedWeights:
    assert models is not None  # a card lies in it
    path = models / card.file
    return UsedWeights(card.name, file_digest(path), card.licence, _stated(path), asdict(card))


def _stated(path: Path) -> Mapping[str, str]:
    """Empty where the file has no place for a statement. Raises ModelError."""
    if path.suffix.lower() != ".safetensors":
        return {}
    try:
        with safe_open(path, framework="pt") as source:
            return dict(source.metadata() or {})
    except (SafetensorError, OSError) as error:
        raise ModelError(f"The weight file {path} cannot be read ({error}).", "Restore it from a good copy.") from error
