"""Segments of stills into the finished sequence."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from engines.errors import MediaError, RenderError, SettingError
from engines.media.encode import Segment
from engines.media.naming import is_pattern
from engines.media.presets import Preset
from engines.media.sink import PARTIAL, refusals, refuse_existing
from engines.media.source import ClipInfo
from engines.media.still_names import numbered, output_pattern, segment_still


def place_stills(
    out: Path, segments: Sequence[Segment], preset: Preset, clip: ClipInfo, note: Callable[[str], None]
) -> None:
    """Put every still under its final name: in a folder that appears whole, along a pattern, or as the one still.

    Raises SettingError where one name is given for many frames, MediaError where a name is taken,
    RenderError where a still is missing or cannot be placed.
    """
    for info in clip.streams:
        note(f"Stream {info.index} ({info.kind}, {info.codec}) cannot be stored in stills and was left out.")
    numbers = [
        (segment, clip.first_number + segment.first + offset) for segment in segments for offset in range(segment.count)
    ]
    sources = [segment_still(segment.path, number, preset.suffix) for segment, number in numbers]
    missing = next((path for path in sources if not path.is_file()), None)
    if missing is not None:
        raise RenderError(f"The still {missing.name} is missing from its segment.", "Render the range again.")
    if preset.accepts(out.suffix) and not is_pattern(out):
        _place_along(out, sources, [_only(out, sources)])
        return
    pattern = output_pattern(out, clip, preset.suffix)
    names = [numbered(pattern, number) for _, number in numbers]
    if pattern == out:
        _place_along(out, sources, names)
    else:
        _place_folder(out, sources, names)


def _only(out: Path, sources: Sequence[Path]) -> Path:
    if len(sources) > 1:
        example = f"{out.stem}_%06d{out.suffix}"
        raise SettingError(f"{len(sources)} frames do not fit into the one still {out.name}.", f"Write {example}.")
    return out


def _place_along(out: Path, sources: Sequence[Path], names: Sequence[Path]) -> None:
    for name in names:
        refuse_existing(name)
    with refusals(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        _place(sources, names)


def _place_folder(out: Path, sources: Sequence[Path], names: Sequence[Path]) -> None:
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise MediaError(f"The folder {out.name} exists already.", "Choose another name, or move it away first.")
    partial = out.with_name(out.name + PARTIAL)
    with refusals(out):
        if partial.exists():
            shutil.rmtree(partial)
        partial.mkdir(parents=True)
        try:
            _place(sources, [partial / name.name for name in names])
            if out.exists():
                out.rmdir()
            partial.rename(out)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise


def _place(sources: Sequence[Path], names: Sequence[Path]) -> None:
    """All or none: what was placed is taken back when one fails."""
    placed: list[Path] = []
    try:
        for source, name in zip(sources, names, strict=True):
            _link(source, name)
            placed.append(name)
    except BaseException:
        for name in placed:
            name.unlink(missing_ok=True)
        raise


def _link(source: Path, name: Path) -> None:
    """A second name for the same bytes where the file system can, else a copy: the segment stays whole."""
    try:
        os.link(source, name)
    except FileExistsError:
        raise
    except OSError:
        partial = name.with_name(name.name + PARTIAL)
        try:
            shutil.copyfile(source, partial)
            partial.rename(name)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
