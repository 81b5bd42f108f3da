"""Writes a timeline of a document or of a master, OTIO or EDL by the suffix."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.interchange.edl import edl_of_strips
from app.interchange.otio import text_of, timeline_of_strips
from app.interchange.strip import Strip
from app.interchange.suffixes import SUFFIXES
from engines.errors import SettingError
from engines.media.sink import whole_file


def write_timeline(strips: Sequence[Strip], path: Path) -> None:
    """Write the shots of `strips` (`strips_of`, `strip_of_master`) as `path`, replacing an older file.

    Raises SettingError for another suffix and for what an EDL cannot say, RenderError where the disk refuses.
    """
    check_suffix(path)
    edl = path.suffix.lower() == ".edl"
    text = edl_of_strips(strips, path.stem) if edl else text_of(timeline_of_strips(strips, path.stem))
    with whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="")


def check_suffix(path: Path) -> None:
    """Raises SettingError where the name does not say which format."""
    if path.suffix.lower() not in SUFFIXES:
        raise SettingError(f"{path.name} names no format of timelines.", "End it in .otio or .edl.")
