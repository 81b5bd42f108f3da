"""Segments out of an older master of the same name: what did not change is taken over, not rendered again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from app.export.journal import DoneSegment, Journal, digest_of
from app.export.manifest import Manifest, read_manifest
from app.export.paths import MasterPaths
from app.export.segment_render import PROVENANCE_PRESET, segment_paths
from app.export.segments import PlannedSegment
from engines.errors import TratteggioError
from engines.media.extract import extract_segment
from engines.media.framemd5 import read_framemd5
from engines.media.open import open_source
from engines.media.presets import Preset
from engines.media.readback import decoded_hashes, stored_hashes
from engines.media.source import Source
from engines.media.still_names import segment_still
from engines.provenance import Origin
from engines.provenance_track import unpack


def harvest(paths: MasterPaths, plan: tuple[PlannedSegment, ...], preset: Preset, say: Callable[[str], None]) -> None:
    """Put every planned segment that the old master holds, intact, into the work folder's journal.

    Without an old master, or with one that cannot be used, nothing happens but a word to `say`.
    """
    if not preset.intra or not paths.manifest.exists():
        return
    try:
        manifest = read_manifest(paths.manifest)
        if manifest.preset == preset.name:
            _take_over(manifest, paths, plan, preset)
    except (TratteggioError, OSError) as error:
        say(f"Nothing of the master that is replaced could be reused: {error}")


def _take_over(manifest: Manifest, paths: MasterPaths, plan: tuple[PlannedSegment, ...], preset: Preset) -> None:
    journal = Journal(paths.parts)
    held = journal.load()
    wanted = {p.key: p for p in plan if p.key not in held}
    old = [entry for entry in manifest.segments if entry["key"] in wanted]
    if not old:
        return
    master, track = open_source(paths.master), open_source(paths.provenance)
    try:
        hashes = read_framemd5(paths.framemd5)
        for entry in old:
            journal.append(_segment(entry, manifest, hashes, (master, track), paths.parts, preset))
    finally:
        master.close()
        track.close()


def _segment(
    entry: Mapping[str, Any],
    manifest: Manifest,
    hashes: tuple[str, ...],
    clips: tuple[Source, Source],
    folder: Path,
    preset: Preset,
) -> DoneSegment:
    first, count = int(entry["first"]), int(entry["count"])
    skip = first - manifest.first
    master, track = clips
    picture_path, track_path = segment_paths(folder, entry["key"], preset)
    extract_segment(master.info, skip, count, picture_path, preset)
    extract_segment(track.info, skip, count, track_path, PROVENANCE_PRESET)
    mine, labels = hashes[skip : skip + count], manifest.provenance_hashes[skip : skip + count]
    if _hashes_of(picture_path, master, skip, count, preset) != mine or (*decoded_hashes(track_path),) != labels:
        raise TratteggioError("it differs from its checksums.")
    counts = [
        np.bincount(unpack(track.read(n)).labels.ravel(), minlength=len(Origin)) for n in range(skip, skip + count)
    ]
    return DoneSegment(
        key=entry["key"],
        first=first,
        count=count,
        picture=picture_path.name,
        picture_digest=digest_of(picture_path),
        provenance=track_path.name,
        provenance_digest=digest_of(track_path),
        hashes=mine,
        provenance_hashes=labels,
        reorder=0,
        label_counts=tuple(tuple(int(c) for c in row) for row in counts),
        unrepaired=manifest.unrepaired[skip : skip + count],
        light=tuple(entry["light"]) if entry.get("light") else None,
    )


def _hashes_of(path: Path, master: Source, skip: int, count: int, preset: Preset) -> tuple[str, ...]:
    if preset.kind == "container":
        return tuple(decoded_hashes(path))
    numbers = range(master.info.first_number + skip, master.info.first_number + skip + count)
    return tuple(h for n in numbers for h in stored_hashes(segment_still(path, n, preset.suffix), n, 1))
