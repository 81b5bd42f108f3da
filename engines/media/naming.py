"""Which files make a sequence: from a `%06d` pattern or a folder to numbered files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engines.errors import MediaError

STILL_SUFFIXES = frozenset(
    {".dpx", ".cin", ".tif", ".tiff", ".png", ".jpg", ".jpeg", ".exr", ".webp", ".bmp", ".tga", ".pgm", ".ppm"}
)
_PLACE = re.compile(r"%(?:0(\d+))?d")


@dataclass(frozen=True)
class Numbered:
    """Files by the number in their names, ascending."""

    files: dict[int, Path]
    name: str
    """For a person: `scan_######.dpx`."""


def is_pattern(path: Path) -> bool:
    """Whether the last part of the path has a place for a number, like `%06d`."""
    return len(_PLACE.findall(path.name.replace("%%", ""))) == 1


def by_pattern(path: Path) -> Numbered:
    """Files that match a pattern. Raises MediaError where the folder or every file is missing."""
    match = next(m for m in _PLACE.finditer(path.name.replace("%%", "\0\0")))
    before, after = (part.replace("%%", "%") for part in (path.name[: match.start()], path.name[match.end() :]))
    width = int(match[1] or 1)
    number = rf"\d{{{width}}}|[1-9]\d{{{width},}}"
    wanted = re.compile(f"{re.escape(before)}({number}){re.escape(after)}")
    if not path.parent.is_dir():
        raise MediaError(f"There is no folder {path.parent}.", "Check the path.")
    names = ((entry, wanted.fullmatch(entry.name)) for entry in path.parent.iterdir())
    found = {int(match[1]): entry for entry, match in names if match}
    if not found:
        raise MediaError(f"No file matches {path.name} in {path.parent}.", "Check the name and the count of digits.")
    return Numbered(dict(sorted(found.items())), before + "#" * width + after)


def in_folder(folder: Path, note: Callable[[str], None]) -> Numbered:
    """The largest numbered series of stills in a folder; what is left aside is noted.

    Raises MediaError where there are no stills, or none with numbers.
    """
    entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    stills = [entry for entry in entries if entry.suffix.lower() in STILL_SUFFIXES and entry.is_file()]
    if not stills:
        hint = "Choose a folder of DPX, TIFF, PNG, JPEG or EXR files, or a video file."
        raise MediaError(f"The folder {folder.name} holds no stills.", hint)
    series = Counter(frame for still in stills for frame in _frames_of(still.name))
    if not series:
        hint = "Name the files like frame_000001.png."
        raise MediaError(f"The stills in {folder.name} carry no numbers.", hint)
    # The digits that count up are those whose surroundings most files share; the last ones where several do.
    before, after = max(series, key=lambda key: (series[key], len(key[0])))
    pattern = re.compile(f"{re.escape(before)}(\\d+){re.escape(after)}")
    files: dict[int, Path] = {}
    for still in stills:
        if not (match := pattern.fullmatch(still.name)):
            continue
        number = int(match[1])
        if number in files:
            raise MediaError(f"{files[number].name} and {still.name} carry the same number.", "Remove one of them.")
        files[number] = still
    left = len(entries) - len(files)
    if left:
        other = next(entry.name for entry in entries if entry not in set(files.values()))
        note(f"{left} other file{'s' if left > 1 else ''} in {folder.name} left aside ({other}{', ...' * (left > 1)}).")
    return Numbered(dict(sorted(files.items())), f"{before}#{after}")


def _frames_of(name: str) -> list[tuple[str, str]]:
    """Every way to see a name as text, number, text."""
    stem = Path(name).stem
    return [(name[: run.start()], name[run.end() :]) for run in re.finditer(r"\d+", stem)]
