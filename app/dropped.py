"""What a person meant by the paths they dropped, chose or typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.interchange.suffixes import SUFFIXES as TIMELINE_SUFFIXES
from engines.media.naming import STILL_SUFFIXES

PROJECT_SUFFIX = ".tratteggio"
_NUMBER = re.compile(r"\d+(?=\D*$)")


@dataclass(frozen=True)
class Meant:
    """media: what `open_source` takes (files, folders, patterns, stills), in the order given. timelines: OTIO, EDL."""

    projects: tuple[Path, ...]
    media: tuple[Path, ...]
    timelines: tuple[Path, ...] = ()


def meant(paths: Sequence[Path]) -> Meant:
    """Projects apart; several numbered stills of one series become one `%06d` pattern."""
    projects = tuple(path for path in paths if path.suffix.lower() == PROJECT_SUFFIX)
    timelines = tuple(path for path in paths if path.suffix.lower() in TIMELINE_SUFFIXES)
    series: dict[Path, list[Path]] = {}
    for path in paths:
        if path.suffix.lower() not in (PROJECT_SUFFIX, *TIMELINE_SUFFIXES):
            series.setdefault(_series_of(path), []).append(path)
    media = tuple(pattern if len(members) > 1 else members[0] for pattern, members in series.items())
    return Meant(projects, media, timelines)


def _series_of(path: Path) -> Path:
    """The pattern that a numbered still belongs to; the path itself for everything else."""
    digits = list(_NUMBER.finditer(path.stem))
    if path.suffix.lower() not in STILL_SUFFIXES or not digits or path.is_dir():
        return path
    place = digits[-1]
    before, after = (part.replace("%", "%%") for part in (path.stem[: place.start()], path.stem[place.end() :]))
    width = len(place[0]) if place[0].startswith("0") else 1
    return path.with_name(f"{before}%0{width}d{after}{path.suffix}")
