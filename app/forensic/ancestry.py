"""A source that is itself a master of ours: what its own provenance says decides whether forensic work may begin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.export.manifest import read_manifest
from app.export.paths import master_paths
from app.forensic.gate import checked_labels
from engines.cancel import CancelToken
from engines.errors import Cancelled, RenderError, SettingError, TratteggioError
from engines.media.framemd5 import read_framemd5
from engines.media.naming import STILL_SUFFIXES, is_pattern
from engines.media.readback import stored_hashes
from engines.media.source import ClipInfo

_SUFFIX = ".tratteggio.json"
_LARGEST = 256 * 2**20


def manifest_of(source: Path) -> Path | None:
    """The manifest beside `source` where it is a master of ours, or one still of one; None where there is none."""
    return next((path for path in _candidates(source) if path.is_file()), None)


def refuse_synthesised_source(source: Path, clip: ClipInfo, cancel: CancelToken) -> str:
    """What to tell of a source that is a master; empty where nothing says that it is one.

    Its track and its pictures must be what its checksums say, and no pixel of it SYNTHESISED: raises SettingError or
    RenderError otherwise; Cancelled.
    """
    path = manifest_of(source)
    if path is None:
        return ""
    hint = "Start from the source of that master, or render without --forensic."
    try:
        if path.stat().st_size > _LARGEST:
            raise RenderError(f"{path.name} is larger than any manifest that Tratteggio writes.")
        manifest = read_manifest(path)
        counts = checked_labels(_beside(path, ".provenance.mkv"), manifest.provenance_hashes)
        cancel.check()
        _check_pictures(source, clip, read_framemd5(_beside(path, ".framemd5")), cancel)
    except Cancelled:
        raise
    except SettingError:
        raise SettingError(
            f"The source is itself a master of Tratteggio that holds synthesised pixels, as {path.name} tells.", hint
        ) from None
    except TratteggioError as error:
        raise RenderError(
            f"The source is itself a master of Tratteggio whose provenance cannot be trusted: {error.sentence}", hint
        ) from error
    untouched = sum(row[0] for row in counts) / max(sum(map(sum, counts)), 1)
    return (
        f"The source is itself a master of Tratteggio: {untouched:.1%} of its pixels are those of its own source. "
        f"The labels of this render are relative to it; what was done before stands in {path.name}."
    )


def _check_pictures(source: Path, clip: ClipInfo, listed: tuple[str, ...], cancel: CancelToken) -> None:
    """Raises RenderError where the source's frames are not those that the master's checksums name."""
    if clip.frame_count != len(listed):
        raise RenderError(f"It has {clip.frame_count} frames where its checksums name {len(listed)}.")
    for number, digest in enumerate(stored_hashes(source, clip.first_number, len(listed))):
        cancel.check()
        if digest != listed[number]:
            raise RenderError(f"Frame {number} of the source differs from its checksum.")


def _candidates(source: Path) -> Iterator[Path]:
    yield master_paths(source).manifest
    if source.is_dir():
        yield from _of_patterns(source, "")
    elif source.suffix.lower() in STILL_SUFFIXES and not is_pattern(source):
        yield master_paths(source.parent).manifest
        yield from _of_patterns(source.parent, source.name)


def _of_patterns(folder: Path, still: str) -> Iterator[Path]:
    """Manifests that masters of numbered stills in `folder` have; still: a name that must be one of theirs."""
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        base = Path(path.name.removesuffix(_SUFFIX))
        if base.suffix.lower() in STILL_SUFFIXES and (not still or still.startswith(base.stem)):
            yield path


def _beside(manifest: Path, suffix: str) -> Path:
    """By its own name and not by what it says: a manifest leads nowhere else."""
    return manifest.with_name(manifest.name.removesuffix(_SUFFIX) + suffix)
