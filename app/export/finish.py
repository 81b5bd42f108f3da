"""From finished segments to a master with everything beside it: assembled, read back, compared, and only then named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.audit.digests import Named, file_digests
from app.audit.recorder import Recorder
from app.export.events import Emit
from app.export.finished import FinishedSegments, Logged, manifest_of, stage_records
from app.export.hdr_said import hdr_facts
from app.export.meter import Meter
from app.export.paths import MasterPaths
from app.export.placing import is_single_still, place_file, place_sequence
from app.export.reversal import assemble_delta, delta_fields, delta_said, source_facts
from app.export.segment_render import PROVENANCE_PRESET
from app.export.showcase import write_showcase
from app.export.source_headers import source_headers
from app.report.pictures import Seen
from app.report.write import write_report
from engines.errors import SettingError
from engines.media.assemble import assemble
from engines.media.framemd5 import write_framemd5
from engines.media.naming import is_pattern
from engines.media.presets import Preset
from engines.media.readback import read_back
from engines.media.sink import whole_file
from engines.media.still_names import numbered, output_pattern
from engines.provenance import Origin
from engines.types import PixelFormat

Say = Callable[[str], None]


def check_still_count(out: Path, preset: Preset, count: int) -> None:
    """Raises SettingError where many frames would go into one still."""
    if count > 1 and is_single_still(out, preset.kind):
        raise SettingError(
            f"{count} frames do not fit into the one still {out.name}.",
            f"Name a folder, or a pattern such as {out.stem}_%06d{out.suffix}.",
        )


def finish(done: FinishedSegments, recorder: Recorder, say: Say, notes: list[str], emit: Emit) -> dict[str, Any]:
    """Write the master and its sidecars; returns the paths and shares of the result.

    Raises RenderError, Cancelled, and MediaError where a forensic render's source cannot be identified.
    """
    paths, cancel = done.paths, done.puller.cancel
    hashes = tuple(h for segment in done.done for h in segment.hashes)
    meter = Meter("check", emit)
    made = _assemble_master(done, hashes, say, meter)
    track = paths.parts / "assembled.provenance.mkv"
    track.unlink(missing_ok=True)
    bare = replace(done.clip, kind="sequence", streams=(), chapters=(), metadata=None)
    assemble(track, done.track(), PROVENANCE_PRESET, bare, done.first, done.last)
    track_hashes = tuple(h for segment in done.done for h in segment.provenance_hashes)
    read_back(track, track_hashes, cancel=cancel, step=meter.step)
    delta = assemble_delta(done, meter.step)
    headers = source_headers(done, emit, say)
    reversal = source_facts(done, delta, _of_any(made))
    # From here on files get their final names: a render that dies now may replace its own when it goes on.
    paths.placing.touch()
    _remove_older(paths)
    picture = None
    # Beside the strip of a review copy the source would stand stretched.
    if done.puller.graph.stages and not done.job.burn_in:
        source = done.puller.graph.source
        picture = write_showcase(source, done.first, _of_any(made), track, done.counts(), paths.picture)
    place_file(track, paths.provenance)
    if delta is not None:
        place_file(delta, paths.delta)
    if headers is not None:
        place_file(headers, paths.headers)
    geometry = done.puller.graph.geometry()
    frame_bytes = _frame_bytes(done.stored, geometry.width, geometry.height)
    pts = _times(done)
    write_framemd5(paths.framemd5, hashes, pts, done.clip.time_base, (geometry.width, geometry.height), frame_bytes)
    log = _tell(done, recorder, made, say)
    told = {**delta_fields(done, reversal), "headers": paths.headers.name if headers is not None else None}
    manifest = replace(manifest_of(done, track_hashes, tuple(notes), log), **told)
    with whole_file(paths.manifest) as partial:
        partial.write_text(manifest.to_json(), encoding="utf-8")
    seen = Seen(done.puller.graph.source, _of_any(made), paths.provenance)
    write_report(paths, manifest, seen, say, log=paths.parts / paths.audit.name)
    explaining = (paths.manifest, paths.report, paths.pdf)
    recorder.sealed(file_digests({path.name: path for path in explaining if path.exists()}))
    # The master comes last: where it stands, everything that explains it stands beside it.
    if isinstance(made, Path):
        place_file(made, paths.master)
    else:
        place_sequence(made, paths.master)
    return {
        "master": str(paths.master),
        "framemd5": str(paths.framemd5),
        "provenance": str(paths.provenance),
        "manifest": str(paths.manifest),
        "report": str(paths.report),
        "pdf": str(paths.pdf) if paths.pdf.exists() else None,
        "audit": str(paths.audit),
        "before_after": str(picture) if picture else None,
        "frames": len(hashes),
        "preset": done.preset.name,
        "stored_format": done.stored.name,
        "width": geometry.width,
        "height": geometry.height,
        "shares": done.shares(),
        "flagged_share": done.shares()[Origin.SYNTHESISED.name],
        "flagged_share_by_frame": done.flagged(),
        "unrepaired_pixels_by_frame": done.unrepaired(),
        "hdr": hdr_facts(done.said()),
        "delta": delta_said(paths.delta, reversal),
    }


def _assemble_master(done: FinishedSegments, hashes: tuple[str, ...], say: Say, meter: Meter) -> Path | dict[int, Path]:
    """The verified master in the work folder: a file, or stills by number."""
    paths, cancel = done.paths, done.puller.cancel
    # Every frame of the master, of its provenance track and of its delta is decoded once more.
    meter.begin((2 if done.raw is None else 3) * len(hashes))
    if done.preset.kind == "container":
        made = paths.parts / f"assembled{paths.master.suffix}"
        made.unlink(missing_ok=True)
        assemble(made, done.pictures(), done.preset, done.clip, done.first, done.last, say, done.said())
        read_back(made, hashes, cancel=cancel, step=meter.step)
        return made
    folder = paths.parts / "assembled"
    if folder.exists():
        shutil.rmtree(folder)
    assemble(folder, done.pictures(), done.preset, done.clip, done.first, done.last, say)
    pattern = output_pattern(folder, done.clip, done.preset.suffix)
    start = done.clip.first_number + done.first
    read_back(pattern, hashes, first_number=start, cancel=cancel, step=meter.step)
    return {number: numbered(pattern, number) for number in range(start, start + len(hashes))}


def _of_any(made: Path | dict[int, Path]) -> Path:
    """The file, or the folder of the stills."""
    return made if isinstance(made, Path) else next(iter(made.values())).parent


def _remove_older(paths: MasterPaths) -> None:
    """What stands beside a master that is replaced, and not beside every master."""
    for path in (paths.picture, paths.pdf, paths.delta, paths.headers, paths.c2pa):
        path.unlink(missing_ok=True)


def _tell(done: FinishedSegments, recorder: Recorder, made: Path | dict[int, Path], say: Say) -> Logged:
    """The last the log hears before the manifest is made: source, what was applied, what was written."""
    paths, records = done.paths, stage_records(done)
    identity = recorder.source(done.continuity(), say)
    for place, record in enumerate(records):
        if record.applied:
            recorder.applied(place, record.name, record.applied)
    beside = (paths.framemd5, paths.provenance, paths.delta, paths.headers, paths.picture)
    recorder.finished(file_digests({**_named(made, paths.master), **{p.name: p for p in beside if p.exists()}}))
    return Logged(identity, records, recorder.head)


def _named(made: Path | dict[int, Path], master: Path) -> Named:
    """What was made, by the names that it gets beside the master's other files."""
    if isinstance(made, Path):
        return {master.name: made}
    if is_pattern(master):
        return {numbered(master, number).name: still for number, still in made.items()}
    if is_single_still(master, "sequence"):
        return {master.name: next(iter(made.values()))}
    return {f"{master.name}/{still.name}": still for still in made.values()}


def _times(done: FinishedSegments) -> tuple[int, ...]:
    offset = done.clip.pts[done.first] if done.first > 0 else 0
    return tuple(t - offset for t in done.clip.pts[done.first : done.last + 1])


def _frame_bytes(layout: PixelFormat, width: int, height: int) -> int:
    sizes = (layout.plane_size(index, width, height) for index in range(layout.plane_count))
    return sum(w * h for w, h in sizes) * layout.dtype.itemsize
