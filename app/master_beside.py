"""Whether what is opened is a master of ours: its manifest, its track, and a source that knows its labels."""

from __future__ import annotations

from pathlib import Path

from app.export.manifest import Manifest, read_manifest
from app.export.paths import MasterPaths, master_paths
from app.package.layout import is_package, master_of
from engines.errors import MediaError
from engines.media.naming import is_pattern
from engines.media.source import Source
from engines.media.tracked import ProvenanceTrack, Tracked

_SUFFIX = ".tratteggio.json"


def master_beside(path: Path) -> tuple[MasterPaths, Manifest] | None:
    """What lies beside the file, folder or pattern where that is a master; None where no manifest names it.

    Raises MediaError where the manifest that bears its name cannot be read.
    """
    paths = _paths(path)
    if paths is None:
        return None
    manifest = read_manifest(paths.manifest)
    return (paths, manifest) if manifest.master == paths.master.name else None


def opened_for(path: Path) -> Path:
    """The master of an archive package, where `path` is one; else `path`. Raises RenderError, MediaError."""
    return master_of(path)[0].master if path.is_dir() and is_package(path) else path


def _paths(path: Path) -> MasterPaths | None:
    paths = master_paths(path)
    if paths.manifest.is_file():
        return paths
    # A folder may hold the stills of a pattern, with what belongs to them among them.
    inside = sorted(path.glob(f"*{_SUFFIX}")) if path.is_dir() else []
    if len(inside) != 1 or not inside[0].is_file():
        return None
    held = read_manifest(inside[0]).master
    named = path / Path(held).name
    found = master_paths(named)
    return found if is_pattern(named) and found.manifest == inside[0] else None


def with_labels(source: Source, path: Path) -> Source:
    """The source of a master with what its track says; closes `source` where that cannot be had.

    Raises MediaError with one sentence.
    """
    try:
        found = master_beside(path)
        if found is None:
            raise MediaError(
                f"The manifest of the master {path.name} is no longer beside it.",
                "Put it back, or add the clip anew to open it without its provenance.",
            )
        paths, manifest = found
        return Tracked(source, ProvenanceTrack(paths.provenance, manifest.provenance_hashes, source.info))
    except BaseException:
        source.close()
        raise


def check_labels(source: Source) -> None:
    """Look at the first, middle and last frame of what the track says. Raises FrameError where one is damaged."""
    last = source.info.frame_count - 1
    for number in sorted({0, last // 2, last}):
        source.descent(number)
