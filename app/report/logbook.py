"""What the audit log knows and the manifest does not: weights, masks, and the digests of what was written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.audit.entry import Entry
from app.audit.log import read_log
from engines.errors import TratteggioError

_KNOWN = ("name", "sha256", "licence")


@dataclass(frozen=True)
class Weights:
    """A weight file in use. statement: what its file and its card state of it and of its training, by name."""

    name: str
    sha256: str
    licence: str
    statement: Mapping[str, str]


@dataclass(frozen=True)
class MaskFacts:
    """A set of masks. sha256: of the set, as the log explains it."""

    layer: str
    count: int
    sha256: str


@dataclass(frozen=True)
class Logbook:
    """weights: by place of the stage in the chain. files: SHA-256 by name of what was written. began, ended: ISO 8601
    UTC; who: login@host. problem: why the log could not be read, a sentence; then all else is empty.
    """

    weights: Mapping[int, tuple[Weights, ...]] = field(default_factory=dict)
    masks: tuple[MaskFacts, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    began: str = ""
    ended: str = ""
    who: str = ""
    problem: str = ""


def read_logbook(path: Path) -> Logbook:
    """Of the run that made the master. Never raises: a report without its log says so."""
    try:
        entries = read_log(path)
    except TratteggioError as error:
        return Logbook(problem=str(error))
    started = max((entry.n for entry in entries if entry.event == "started"), default=0)
    run = entries[started:]
    if not run:
        return Logbook(problem=f"The audit log {path.name} is empty.")
    written = [entry for entry in run if entry.event in ("made files", "finished")]
    return Logbook(
        weights={int(entry.facts["place"]): tuple(_weights(entry)) for entry in run if entry.event == "stage"},
        masks=tuple(_mask_facts(entry) for entry in run if entry.event == "masks"),
        files={str(name): str(digest) for entry in written for name, digest in _mapping(entry, "files").items()},
        began=run[0].time,
        ended=(written or run)[-1].time,
        who=run[0].who,
    )


def _weights(entry: Entry) -> Iterable[Weights]:
    for held in entry.facts.get("weights", ()):
        # Of the user's own models the card beside the file says more than the file.
        told = {**held.get("statement", {}), **held.get("card", {})}
        statement = {str(name): str(text) for name, text in told.items() if text and name not in _KNOWN}
        yield Weights(str(held["name"]), str(held["sha256"]), str(held.get("licence", "")), statement)


def _mask_facts(entry: Entry) -> MaskFacts:
    return MaskFacts(str(entry.facts["layer"]), int(entry.facts["count"]), str(entry.facts["sha256"]))


def _mapping(entry: Entry, name: str) -> Mapping[str, Any]:
    held = entry.facts.get(name)
    return held if isinstance(held, Mapping) else {}
