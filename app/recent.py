"""The projects and clips opened lately, newest first."""

from __future__ import annotations

import json
from pathlib import Path

from app.atomic import write_atomically
from app.data_folder import data_folder
from app.errors import ProjectError, disk_reason
from engines.plain_file import read_json

MOST = 20


def recent() -> list[Path]:
    """Those that exist first, each half newest first."""
    known = _known()
    there = [path for path in known if _exists(path)]
    return there + [path for path in known if path not in there]


def add_recent(path: Path) -> None:
    """Raises ProjectError."""
    path = path.absolute()
    _store([path, *(held for held in _known() if held != path)][:MOST])


def forget_recent(path: Path) -> None:
    """Raises ProjectError."""
    _store([held for held in _known() if held != path])


def _place() -> Path:
    return data_folder() / "recent.json"


def _known() -> list[Path]:
    try:
        stored = read_json(_place())
        return [Path(text) for text in stored[:MOST]]
    except (OSError, ValueError, TypeError, KeyError):
        # A list of conveniences: where it is damaged it begins anew.
        return []


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that no disk can have
        return False


def _store(paths: list[Path]) -> None:
    try:
        _place().parent.mkdir(parents=True, exist_ok=True)
        write_atomically(_place(), json.dumps([str(path) for path in paths], indent=1).encode())
    except OSError as error:
        why, hint = disk_reason(error)
        raise ProjectError(f"The list of recent projects could not be saved: {why}.", hint) from error
