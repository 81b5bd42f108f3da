"""The user's own models: weight files in one folder, a card (JSON) beside each that says what it is."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from engines.errors import MediaError, ModelError
from engines.media.sink import whole_file
from engines.plain_file import read_json

UNKNOWN_LICENCE = "unknown"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}")
_PIECE = 1 << 20


@dataclass(frozen=True)
class Card:
    """What is known of a model in the folder.

    kind: imported, fetched or tuned. file: the weights' name in the folder. channels: 3 RGB, 1 grey. reach: how far
    its answer depends on its input, in source pixels. origin: where it came from. told: whatever else the card says.
    """

    name: str
    kind: str
    file: str
    sha256: str
    nbytes: int = 0
    purpose: str = ""
    licence: str = UNKNOWN_LICENCE
    architecture: str = ""
    scale: int = 1
    channels: int = 3
    parameters: int = 0
    reach: int = 0
    origin: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def usable_as_stage(self) -> bool:
        """Whether stage `model` runs it; tuned weights belong to stage detail."""
        return self.kind != "tuned"


@dataclass(frozen=True)
class Shelf:
    """What lies in the folder: the readable cards by name, and a sentence for each that cannot be read."""

    cards: tuple[Card, ...]
    problems: tuple[str, ...]


def proper_name(wish: str) -> str:
    """`wish` as a name: letters that stage settings need become dashes. Raises ModelError where nothing is left."""
    name = re.sub(r"[^A-Za-z0-9._+-]+", "-", wish).strip("-.")[:64]
    if not _NAME.fullmatch(name):
        raise ModelError(f"{wish!r} is no name for a model.", "Use letters, digits, dots and dashes: --name.")
    return name


def shelf(folder: Path | None) -> Shelf:
    """Every model in the folder, which need not exist; digests are not checked here."""
    cards, problems = [], []
    for path in sorted(folder.glob("*.json")) if folder is not None and folder.is_dir() else []:
        try:
            cards.append(_read(path))
        except ModelError as error:
            problems.append(str(error))
    return Shelf(tuple(sorted(cards, key=lambda card: card.name)), tuple(problems))


def stamp(folder: Path | None) -> str:
    """Changes whenever a model is added or removed; one look at the folder, nothing is read."""
    try:
        return str(folder.stat().st_mtime_ns) if folder is not None else ""
    except OSError:
        return ""


def find(folder: Path | None, name: str) -> Card:
    """The card of `name`, its weight file present. Raises ModelError."""
    held = shelf(folder).cards
    card = next((card for card in held if card.name == name), None)
    if card is None or folder is None:
        known = ", ".join(c.name for c in held) or "none"
        raise ModelError(
            f"There is no imported model {name!r}.", f"Known: {known}. Import one: tratteggio models import FILE."
        )
    if not (folder / card.file).is_file():
        raise ModelError(f"The weights of model {name} ({card.file}) are missing.", "Remove it and import it again.")
    return card


def add(folder: Path, source: Path, card: Card) -> Card:
    """Copy `source`, whose digest is `card.sha256`, and write its card; both or neither.

    Raises ModelError where the name is taken or the file is not the one that was examined, RenderError where the disk
    refuses.
    """
    taken = {c.name.lower() for c in shelf(folder).cards} | {p.name.lower() for p in _files(folder)}
    if card.name.lower() in taken or card.file.lower() in taken:
        raise ModelError(
            f"There is a model {card.name} already.", "Choose another name with --name, or remove it first."
        )
    target = folder / card.file
    with whole_file(target) as partial:
        if _copy(source, partial) != card.sha256:
            raise ModelError(f"{source.name} changed while it was read.", "Try again.")
    try:
        told = {**asdict(card), **card.told}
        told.pop("told")
        with whole_file(folder / f"{card.name}.json") as partial:
            partial.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except BaseException:
        # What went wrong first is what the user must hear.
        with contextlib.suppress(OSError):
            target.unlink(missing_ok=True)
        raise
    return card


def remove(folder: Path, name: str) -> Card:
    """Take a model out of the folder: its card first, so that no card names a missing file. Raises ModelError."""
    card = next((card for card in shelf(folder).cards if card.name == name), None)
    if card is None:
        known = ", ".join(c.name for c in shelf(folder).cards) or "none"
        raise ModelError(f"There is no model {name!r} of yours to remove.", f"Known: {known}.")
    try:
        (folder / f"{name}.json").unlink()
        (folder / card.file).unlink(missing_ok=True)
    except OSError as error:
        raise MediaError(
            f"The model {name} could not be removed ({error.strerror or error}).", "Check the folder's permissions."
        ) from error
    return card


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _copy(source: Path, target: Path) -> str:
    """Copies and returns the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    with source.open("rb") as given, target.open("wb") as taken:
        while piece := given.read(_PIECE):
            digest.update(piece)
            taken.write(piece)
    return digest.hexdigest()


def _read(path: Path) -> Card:
    unreadable = ModelError(
        f"The card {path.name} in {path.parent} cannot be read.", "Remove it, import the model again."
    )
    try:
        held = read_json(path)
    except (OSError, ValueError) as error:
        raise unreadable from error
    if not isinstance(held, dict):
        raise unreadable
    known: dict[str, Any] = {}
    for about in fields(Card):
        if about.name in held and about.name != "told":
            known[about.name] = held.pop(about.name)
            expected = int if about.type == "int" else str
            if not isinstance(known[about.name], expected):
                raise unreadable
    known.setdefault("name", path.stem)
    known.setdefault("file", f"{path.stem}.safetensors")
    # The folder decides: a card must not point elsewhere.
    if {"kind", "sha256"} - known.keys() or known["name"] != path.stem or Path(known["file"]).name != known["file"]:
        raise unreadable
    return Card(**known, told=held)
