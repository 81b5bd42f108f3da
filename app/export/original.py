"""`tratteggio original`: the source of a master again, rebuilt from the master and its delta, every frame checked."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from app.export.events import Emit, Event, note
from app.export.manifest import Manifest, read_manifest
from app.export.meter import Meter
from app.export.original_frames import RebuiltFrames, rebuilt_frames
from app.export.original_write import write_film, write_sequence
from app.export.paths import MasterPaths, first_file, master_paths
from app.export.reversal import sha256_of
from app.export.source_facts import SourceFacts
from app.package.layout import is_package, master_of
from engines.cancel import CancelToken
from engines.errors import RenderError, SettingError
from engines.media.naming import is_pattern
from engines.media.planes import format_of
from engines.media.presets import PRESETS, Preset, choose_preset
from engines.media.sink import refusals
from engines.provenance import Origin
from engines.types import PixelFormat


def rebuild(
    master: Path, out: Path, emit: Emit, cancel: CancelToken, *, force: bool = False, threads: int = 0
) -> Event:
    """Write the source of `master` (or of the package that is the folder `master`) as `out`; returns `result`.

    out: a .mkv file (FFV1), a pattern, a folder or one file of stills. Nothing gets its name before every frame was
    compared with the MD5 that the source's frame had. Raises RenderError, MediaError, SettingError, Cancelled.
    """
    paths, manifest = _opened(master)
    facts = SourceFacts.from_json(manifest.reversal)
    preset = _preset(out, facts)
    _check_out(out, paths, preset, len(facts.pts), force=force)
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
        written = _write(out, Path(work), preset, frames, manifest, paths, meter.step, say)
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


def _preset(out: Path, facts: SourceFacts) -> Preset:
    """How to write it. Raises SettingError where that would change a sample."""
    preset = _named(out, facts)
    if facts.layout not in map(format_of, preset.formats):
        raise SettingError(
            f"{preset.title} cannot hold {facts.layout.name} pictures as they are.", _advice(facts.layout)
        )
    return preset


def _named(out: Path, facts: SourceFacts) -> Preset:
    suffix = out.suffix.lower()
    if not suffix and facts.names:
        found = next((Path(name).suffix.lower() for name in facts.names if name), "")
        for preset in PRESETS.values():
            if preset.kind == "sequence" and preset.accepts(found):
                return preset
    if suffix == PRESETS["ffv1"].suffix:
        return PRESETS["ffv1"]
    preset = choose_preset(out, None, facts.layout)
    if preset.kind == "container":
        raise SettingError(f"{out.name}: an original is written as .mkv (FFV1) or as stills.", "Name it so.")
    return preset


def _advice(layout: PixelFormat) -> str:
    fit = [preset.suffix for preset in PRESETS.values() if preset.master and layout in map(format_of, preset.formats)]
    return f"These can: {', '.join(fit)}." if fit else "No format that is written here can."


def _check_out(out: Path, paths: MasterPaths, preset: Preset, count: int, *, force: bool) -> None:
    if not out.parent.is_dir():
        raise RenderError(f"The folder {out.parent} does not exist.", "Create it, or choose another place with -o.")
    taken = first_file(out)
    if taken is not None and taken.resolve() in {path.resolve() for path in paths.existing()}:
        raise RenderError(f"{out.name} is a file of the master itself.", "Choose another name with -o.")
    if out.is_dir() and taken is not None:
        raise RenderError(f"The folder {out.name} is not empty.", "Choose another with -o.")
    if taken is not None and not force:
        raise RenderError(f"{taken} exists already.", "Choose another name, or add --force to replace it.")
    single = preset.kind == "sequence" and bool(out.suffix) and not is_pattern(out)
    if single and count > 1:
        raise SettingError(
            f"{count} frames do not fit into the one still {out.name}.",
            f"Name a folder, or a pattern such as {out.stem}_%06d{out.suffix}.",
        )


def _write(
    out: Path,
    work: Path,
    preset: Preset,
    frames: RebuiltFrames,
    manifest: Manifest,
    paths: MasterPaths,
    step: Callable[[], None],
    say: Callable[[str], None],
) -> int:
    """Returns how many files are the source's byte for byte."""
    if preset.kind == "container":
        write_film(out, work, preset, frames, step, say)
        return 0
    headers = paths.headers if manifest.headers is not None else None
    return write_sequence(out, work, preset, frames, headers, manifest.identity, step, say)
