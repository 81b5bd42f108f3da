"""A render job as a value: everything that decides the master, as JSON for the process that renders it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import get_args

from app.export.case import NO_CASE, CaseFacts
from app.export.typed import typed
from engines.colour.chosen import AS_TAGGED, ChosenTags
from engines.errors import SettingError
from engines.media.missing import Missing
from engines.plain_file import loaded
from engines.types import FrameNo

MISSING_POLICIES: tuple[Missing, ...] = get_args(Missing)


@dataclass(frozen=True)
class StageSpec:
    """A stage by name with its settings as texts, as the command line and project files write them."""

    name: str
    settings: Mapping[str, str] = field(default_factory=dict)
    enabled: bool = True

    @classmethod
    def parse(cls, text: str) -> StageSpec:
        """From `NAME[:key=value,...]`. Raises SettingError where that form is broken."""
        name, _, rest = text.partition(":")
        settings: dict[str, str] = {}
        for pair in filter(None, rest.split(",")):
            key, equals, value = pair.partition("=")
            if not equals and settings:
                # A value with commas of its own: region=10,20,300,200.
                settings[next(reversed(settings))] += f",{pair.strip()}"
                continue
            if not equals or not key:
                raise SettingError(f"In --stage {text}, {pair!r} is not key=value.", "Write e.g. detail:scale=2.")
            settings[key.strip()] = value.strip()
        if not name:
            raise SettingError(f"--stage {text!r} names no stage.", "Write e.g. --stage detail:scale=2.")
        return cls(name.strip(), settings)


@dataclass(frozen=True)
class ShotSpec:
    """How the shot from frame `start` on is treated. All shots of a job list the same stages in the same order."""

    start: FrameNo
    stages: tuple[StageSpec, ...] = ()
    slider: float = 0.0


@dataclass(frozen=True)
class RenderJob:
    """Paths are absolute. `frames` counts from 0, both ends included; None = all. `threads` 0 = all cores.

    A job out of a project has `shots`: they say where the cuts are and replace `stages` and `slider`. `original`
    holds masks of what is to come back untouched, `protect` of what no detector may take for damage. `fingerprint`,
    where given, is what the source must have.
    `tags`: colour tags to go by instead of the source's own. `forensic`: whatever may invent detail is refused.
    `case`: what reports and logs say of it. `workers`: processes that render at the same time.
    `reversible`: keep what the source is rebuilt from beside the master.
    `delivery`: what it is made for (`app.export.deliveries`), empty where nobody said. `burn_in`: timecode, case and
    invented pixels are drawn on it.
    `tracked`: the source is a master; labels go on from those of the track beside it instead of from SOURCE.
    """

    source: Path
    out: Path
    preset: str | None = None
    stages: tuple[StageSpec, ...] = ()
    slider: float = 0.0
    frames: tuple[int, int] | None = None
    masks: Path | None = None
    device: str = "cpu"
    threads: int = 0
    missing: Missing = "stop"
    deinterlace: bool = False
    tags: ChosenTags = AS_TAGGED
    force: bool = False
    shots: tuple[ShotSpec, ...] = ()
    original: Path | None = None
    protect: Path | None = None
    project: Path | None = None
    fingerprint: str = ""
    forensic: bool = False
    case: CaseFacts = NO_CASE
    reversible: bool = False
    workers: int = 1
    delivery: str = ""
    burn_in: bool = False
    tracked: bool = False

    def to_json(self) -> str:
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> RenderJob:
        """Inverse of `to_json`. Raises ValueError or TypeError, in a clause, where a value is of another type."""
        return typed(cls, loaded(text))
