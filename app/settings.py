"""The user's preferences: a typed value, kept as JSON in the data folder."""

from __future__ import annotations

import json
import typing
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from app.atomic import write_atomically
from app.data_folder import data_folder
from app.errors import ProjectError, disk_reason
from engines.plain_file import read_json


@dataclass(frozen=True)
class Settings:
    """Defaults suit a laptop. 0 or None = the program decides."""

    surround: str = "dark"
    text_size: int = 0
    """Of the interface in points; 0 = the system's."""
    cache_megabytes: int = 0
    """Memory for pictures; 0 = one gibibyte."""
    autosave_minutes: float = 3.0
    """Between full copies of the work; every step is journalled at once whatever this says."""
    threads: int = 0
    device: str = "auto"
    every_frame: bool = False
    """Play every frame however long it takes."""
    audio: bool = True
    reduce_motion: bool = False
    cost_per_hour: float | None = None
    """Of a running machine, in `currency`; None = no costs are shown."""
    currency: str = "€"
    watts: float | None = None
    examiner: str = ""
    """Who worked last, offered in the next project; so is `organisation`."""
    organisation: str = ""
    signer: str = "test"
    """Who signs content credentials: test, own (with `certificate` and its `certificate_key`, PEM files) or none."""
    certificate: str = ""
    certificate_key: str = ""
    screen: Mapping[str, str] = field(default_factory=dict)
    """The view transform, as `engines.colour.screen.Screen` states it."""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Shortcuts that differ from the table of actions, by action."""
    window: Mapping[str, str] = field(default_factory=dict)
    """Geometry and docks of the window by workspace, base64."""


def settings_path() -> Path:
    return data_folder() / "settings.json"


def load_settings() -> Settings:
    """The stored preferences; a missing, damaged or wrongly typed entry is its default."""
    try:
        stored = read_json(settings_path())
    except (OSError, ValueError):
        # Preferences are no work: a damaged file must not keep the window from opening.
        return Settings()
    if not isinstance(stored, dict):
        return Settings()
    hints = typing.get_type_hints(Settings)
    values = {f.name: _read(stored[f.name], hints[f.name]) for f in fields(Settings) if f.name in stored}
    return Settings(**{name: value for name, value in values.items() if value is not _WRONG})


def save_settings(settings: Settings) -> None:
    """Raises ProjectError."""
    try:
        settings_path().parent.mkdir(parents=True, exist_ok=True)
        mappings = {name: dict(getattr(settings, name)) for name in ("screen", "keys", "window")}
        text = json.dumps({**asdict(settings), **mappings}, indent=1)
        write_atomically(settings_path(), text.encode())
    except OSError as error:
        why, hint = disk_reason(error)
        raise ProjectError(f"The preferences could not be saved: {why}.", hint) from error


_WRONG: Any = object()


def _read(value: Any, hint: Any) -> Any:
    if typing.get_origin(hint) is not None and isinstance(value, dict):
        of = typing.get_args(hint)[1]
        entries = {str(key): _read(entry, of) for key, entry in value.items()}
        return {key: entry for key, entry in entries.items() if entry is not _WRONG}
    if typing.get_origin(hint) is tuple and isinstance(value, list):
        return tuple(str(entry) for entry in value)
    kinds = typing.get_args(hint) or (hint,)
    if isinstance(value, bool):
        return value if bool in kinds else _WRONG
    if isinstance(value, int) and int not in kinds and float in kinds:
        return float(value)
    return value if any(isinstance(kind, type) and isinstance(value, kind) for kind in kinds) else _WRONG
