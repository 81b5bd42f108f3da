"""`tratteggio original`: the source of a master again, rebuilt from the master and its delta, every frame checked."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from app.export.events import Emit, Event, note
from app.export.manifest import Manifest, read_manifest
from app.export.meter import Meter
from app.export.original_frames import RebuiltFrames, rebuilt_frames
from app.export.original_target import Target, check_target, target_of
from app.export.original_write import write_film, write_sequence
from app.export.paths import MasterPaths, first_file, master_paths
from app.export.reversal import sha256_of
from app.export.source_facts import SourceFacts
from app.package.layout import is_package, master_of
from engines.cancel import CancelToken
from engines.errors import RenderError
from engines.media.sink import refusals
from engines.provenance import Origin


def rebuild(
    master: Path, out: Path, emit: Emit, cancel: CancelToken, *, force: bool = False, threads: int = 0
) -> Event:
    """Write the source of `master` (or of the package that is the folder `master`) as `out`; returns `result`.

    out: a .mkv file (FFV1), a pattern, a folder or one file of stills. Nothing gets its name before every frame was
    compared with the MD5 that the source's frame had. Raises RenderError, MediaError, SettingError, Cancelled.
    """
    paths, manifest = _opened(master)
    facts = SourceFacts.from_json(manifest.reversal)
    target = target_of(out, facts, kept=manifest.headers is not None)
    check_target(target, paths, len(facts.pts), force=force)
    delta = _checked_delta(paths, manifest, facts, cancel)
    _say_parts(facts, emit)
    meter = Meter("original", emit)
    said: list[str] = []

    def say(sentence: str) -> None:
        said.append(sentence)
        emit(note(sentence))

    with (
        refusals(out),
        tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as work,
        rebuilt_frames(paths, facts, delta, cancel, threads) as frames,
    ):
        meter.begin(len(facts.pts))
        written = _write(target, Path(work), frames, manifest, paths, meter.step, say)
    return {
        "event": "result",
        "original": str(out),
        "frames": len(facts.pts),
        "first": facts.first,
        "last": facts.first + len(facts.pts) - 1,
        "source_frames": facts.frame_count,
        "width": facts.width,
        "height": facts.height,
        "format": facts.summed,
        "from": "delta" if delta is not None else "master",
        "checked": "md5" if facts.md5 else "master's checksums",
        "byte_identical_files": written,
        "delta_bytes": facts.delta_bytes,
        "master_bytes": facts.master_bytes,
        "notes": said,
    }


def _opened(master: Path) -> tuple[MasterPaths, Manifest]:
    if is_package(master):
        return master_of(master)
    paths = master_paths(master)
    manifest = read_manifest(paths.manifest)
    if first_file(master) is None:
        raise RenderError(f"There is no master {master}.", "Check the path.")
    return paths, manifest


def _checked_delta(paths: MasterPaths, manifest: Manifest, facts: SourceFacts, cancel: CancelToken) -> Path | None:
    """The delta, whole; None where the master itself holds the source's samples.

    Raises RenderError where there is neither.
    """
    if manifest.delta is not None:
        if not paths.delta.is_file():
            raise RenderError(f"{paths.delta.name} is missing beside the master.", "Put it back from a good copy.")
        with refusals(paths.delta):
            whole = paths.delta.stat().st_size == facts.delta_bytes
            whole = whole and sha256_of(paths.delta, cancel) == facts.delta_sha256
        if not whole:
            raise RenderError(
                f"{paths.delta.name} was changed or is damaged: its SHA-256 is not the manifest's.",
                "Restore it from a good copy.",
            )
        return paths.delta
    if untouched(manifest, facts):
        return None
    size = f"{manifest.width}x{manifest.height} {manifest.stored_format}"
    was = f"{facts.width}x{facts.height} {facts.layout.name}"
    how = f"its pictures are {size}, the source's {was}" if size != was else "its pictures are not the source's"
    raise RenderError(
        f"The source cannot be rebuilt from {paths.master.name}: {how}, and no delta was kept.",
        "Render it again with --reversible.",
    )


def untouched(manifest: Manifest, facts: SourceFacts) -> bool:
    """Whether the master holds the source's very samples in the source's layout and size."""
    all_source = manifest.shares.get(Origin.SOURCE.name) == 1.0
    same = (manifest.width, manifest.height, manifest.stored_format) == (facts.width, facts.height, facts.layout.name)
    return bool(manifest.lossless and all_source and same and not manifest.deinterlaced)


def _say_parts(facts: SourceFacts, emit: Emit) -> None:
    last = facts.first + len(facts.pts) - 1
    if len(facts.pts) < facts.frame_count:
        span = f"{facts.first}-{last} of the source's {facts.frame_count}"
        emit(note(f"Only frames {span} were rendered; the others are not here."))
    for number in facts.stand_ins:
        emit(note(f"Frame {number} of the source could not be read; what stood in for it is here."))


def _write(
    target: Target,
    work: Path,
    frames: RebuiltFrames,
    manifest: Manifest,
    paths: MasterPaths,
    step: Callable[[], None],
    say: Callable[[str], None],
) -> int:
    """Returns how many files are the source's byte for byte."""
    if target.film:
        write_film(target, work, frames, step, say)
        return 0
    headers = paths.headers if target.files else None
    return write_sequence(target, work, frames, headers, manifest.identity, step, say)
