"""A render job as a value: everything that decides the master, as JSON for the process that renders it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, get_args

from engines.errors import SettingError
from engines.media.missing import Missing

MISSING_POLICIES: tuple[Missing, ...] = get_args(Missing)


@dataclass(frozen=True)
class StageSpec:
    """A stage by name with its settings as texts, as the command line and project files write them."""

    name: str
    settings: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> StageSpec:
        """From `NAME[:key=value,...]`. Raises SettingError where that form is broken."""
        name, _, rest = text.partition(":")
        settings: dict[str, str] = {}
        for pair in filter(None, rest.split(",")):
            key, equals, value = pair.partition("=")
            if not equals or not key:
                raise SettingError(f"In --stage {text}, {pair!r} is not key=value.", "Write e.g. detail:scale=2.")
            settings[key.strip()] = value.strip()
        if not name:
            raise SettingError(f"--stage {text!r} names no stage.", "Write e.g. --stage detail:scale=2.")
        return cls(name.strip(), settings)


@dataclass(frozen=True)
class RenderJob:
    """Paths are absolute. `frames` counts from 0, both ends included; None = all. `threads` 0 = all cores."""

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
    force: bool = False

    def to_json(self) -> str:
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> RenderJob:
        held: dict[str, Any] = json.loads(text)
        held["source"], held["out"] = Path(held["source"]), Path(held["out"])
        held["masks"] = Path(held["masks"]) if held["masks"] else None
        held["stages"] = tuple(StageSpec(s["name"], s["settings"]) for s in held["stages"])
        held["frames"] = tuple(held["frames"]) if held["frames"] else None
        return cls(**held)
