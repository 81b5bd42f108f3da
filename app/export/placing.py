"""Gives finished files their final names, only when they are whole; what they replace goes last."""

from __future__ import annotations

import shutil
from pathlib import Path

from engines.media.naming import is_pattern
from engines.media.sink import refusals
from engines.media.still_names import numbered


def is_single_still(out: Path, kind: str) -> bool:
    """Whether `out` names one still file: a still preset, a suffix, no counter."""
    return kind == "sequence" and bool(out.suffix) and not is_pattern(out)


def place_file(made: Path, final: Path) -> None:
    """Rename `made` to `final`, replacing a file. Raises RenderError."""
    with refusals(final):
        made.replace(final)


def place_sequence(made: dict[int, Path], out: Path) -> None:
    """Stills by number to their names: one file, a pattern's files, or a whole folder. Raises RenderError."""
    with refusals(out):
        if is_pattern(out):
            for number, still in made.items():
                still.replace(numbered(out, number))
        elif is_single_still(out, "sequence"):
            (still,) = made.values()
            still.replace(out)
        else:
            _place_folder(next(iter(made.values())).parent, out)


def _place_folder(made: Path, out: Path) -> None:
    old = made.with_name(made.name + ".replaced")
    if out.exists():
        out.rename(old)
    made.rename(out)
    if old.exists():
        shutil.rmtree(old)
