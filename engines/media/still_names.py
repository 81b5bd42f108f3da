"""Names of numbered stills: where the source's are, where ours go."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from engines.errors import SettingError
from engines.media.naming import Numbered, in_folder, is_pattern
from engines.media.source import ClipInfo
from engines.types import FrameNo


def numbered(pattern: Path, number: int) -> Path:
    """The pattern's file of this number. Raises SettingError where the name has no one place for it."""
    if not is_pattern(pattern):
        raise SettingError(f"{pattern.name} is not a pattern for numbered files.", "Write one %06d in the name.")
    return pattern.with_name(pattern.name % number)


def segment_still(folder: Path, number: int, suffix: str) -> Path:
    """Where a segment keeps still `number` until it is put in place."""
    return folder / f"{number:08d}{suffix}"


def output_pattern(out: Path, clip: ClipInfo, suffix: str) -> Path:
    """`out` itself where it is a pattern; in a folder, names like the source's stills, or plain numbers."""
    if is_pattern(out):
        return out
    if clip.kind != "sequence":
        return out / f"%06d{suffix}"
    if is_pattern(clip.path):
        return out / f"{clip.path.stem}{suffix}"
    series = _series(clip.path, clip.fingerprint)
    before, after = series.name.replace("%", "%%").split("#", 1)
    digits = len(series.files[clip.first_number].name) - len(series.name) + 1
    return out / f"{before}%0{digits}d{Path(after).stem if '.' in after[1:] else ''}{suffix}"


def source_still(clip: ClipInfo, frame: FrameNo) -> Path | None:
    """The file that frame `frame` was read from; None for containers and where the file is missing."""
    if clip.kind == "container":
        return None
    if clip.kind == "still":
        return clip.path
    number = clip.first_number + frame
    if not is_pattern(clip.path):
        return _series(clip.path, clip.fingerprint).files.get(number)
    path = numbered(clip.path, number)
    return path if path.is_file() else None


@lru_cache(maxsize=8)
def _series(folder: Path, fingerprint: str) -> Numbered:  # noqa: ARG001 - part of the cache's key
    return in_folder(folder, lambda _: None)
