"""From a file of somebody else's to a model in the user's folder: read safely, tried, copied whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engines.errors import ModelError
from engines.models.collection import UNKNOWN_LICENCE, Card, add, proper_name, shelf
from engines.models.community import file_digest, load_community
from engines.models.range_check import RangeCheck, check_range
from engines.models.registry import model_names

_PURPOSES = {
    "SR": "Enlarges pictures.",
    "FaceSR": "Enlarges faces.",
    "Restoration": "Restores pictures at their size.",
}


@dataclass(frozen=True)
class Import:
    """A model that was taken in, and how it did in the trial."""

    card: Card
    seen: RangeCheck


def import_model(
    folder: Path,
    source: Path,
    name: str = "",
    *,
    licence: str = UNKNOWN_LICENCE,
    kind: str = "imported",
    origin: str = "",
    purpose: str = "",
) -> Import:
    """Take `source` into `folder` under `name` ("" = the file's own). Takes seconds: for a worker.

    Raises ModelError (not a model, unknown architecture, over several frames, too large, out of range, name taken),
    RenderError where the disk refuses.
    """
    called = proper_name(name or source.stem)
    if called in model_names():
        raise ModelError(f"{called} is a model that ships with Tratteggio.", "Choose another name: --name.")
    if any(card.name.lower() == called.lower() for card in shelf(folder).cards):
        raise ModelError(f"There is a model {called} already.", "Choose another name with --name, or remove it first.")
    digest = file_digest(source)
    model = load_community(source, "cpu", digest)
    seen = check_range(model, source.name)
    card = Card(
        name=called,
        kind=kind,
        file=f"{called}{source.suffix.lower()}",
        sha256=digest,
        nbytes=source.stat().st_size,
        purpose=purpose or _PURPOSES[model.purpose],
        licence=licence,
        architecture=model.architecture,
        scale=model.scale,
        channels=model.channels,
        parameters=model.parameters,
        reach=seen.reach,
        origin=origin or source.name,
        told={"brightness_change": round(seen.brightness, 5), "rms_change": round(seen.difference, 5)},
    )
    return Import(add(folder, source, card), seen)
