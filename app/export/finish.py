"""From finished segments to a master with everything beside it: assembled, read back, compared, and only then named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np

from app.export.applied import applied
from app.export.events import Emit
from app.export.hdr_said import hdr_facts, said_of
from app.export.job import RenderJob
from app.export.journal import DoneSegment
from app.export.manifest import Manifest, stage_record
from app.export.meter import Meter
from app.export.paths import MasterPaths
from app.export.placing import is_single_still, place_file, place_sequence
from app.export.report import write_report
from app.export.segment_render import PROVENANCE_PRESET
from app.export.showcase import write_showcase
from app.version import VERSION
from engines.errors import SettingError
from engines.graph import Puller
from engines.hdr.light_level import Light
from engines.media.assemble import Said, assemble
from engines.media.encode import Segment
from engines.media.framemd5 import write_framemd5
from engines.media.presets import Preset
from engines.media.readback import read_back
from engines.media.sink import whole_file
from engines.media.source import ClipInfo
from engines.media.still_names import numbered, output_pattern
from engines.provenance import Origin
from engines.provenance_track import TRACK_FORMAT
from engines.types import FrameNo, PixelFormat

Say = Callable[[str], None]


@dataclass(frozen=True)
class FinishedSegments:
    """Everything that is known once the last segment is whole."""

    job: RenderJob
    paths: MasterPaths
    puller: Puller
    preset: Preset
    stored: PixelFormat
    first: FrameNo
    last: FrameNo
    done: tuple[DoneSegment, ...]

    @property
    def clip(self) -> ClipInfo:
        return self.puller.graph.source.info

    @property
    def lossless(self) -> bool:
        """Whether stored samples are the rendered ones."""
        return self.preset.master and self.stored == self.puller.graph.geometry().format

    def counts(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Frames x labels: pixels under each label in every frame."""
        return np.array([row for segment in self.done for row in segment.label_counts], dtype=np.int64)

    def shares(self) -> dict[str, float]:
        totals = self.counts().sum(axis=0)
        return {origin.name: float(totals[origin] / totals.sum()) for origin in Origin}

    def flagged(self) -> tuple[float, ...]:
        """Share of invented pixels, frame by frame."""
        counts = self.counts()
        return tuple(float(share) for share in counts[:, Origin.SYNTHESISED] / counts.sum(axis=1))

    def pictures(self) -> tuple[Segment, ...]:
        return tuple(self._segment(s, s.picture, s.hashes, self.stored, s.reorder) for s in self.done)

    def track(self) -> tuple[Segment, ...]:
        return tuple(self._segment(s, s.provenance, s.provenance_hashes, TRACK_FORMAT, 0) for s in self.done)

    def said(self) -> Said:
        """What the master must say of its pictures."""
        light = [Light(*s.light) for s in self.done if s.light is not None]
        return said_of(self.puller.graph, self.preset, reduce(Light.joined, light) if light else None)

    def _segment(
        self, s: DoneSegment, name: str, hashes: tuple[str, ...], layout: PixelFormat, reorder: int
    ) -> Segment:
        geometry = self.puller.graph.geometry()
        path = self.paths.parts / name
        return Segment(path, s.first, s.count, hashes, geometry.width, geometry.height, layout, reorder)


def check_still_count(out: Path, preset: Preset, count: int) -> None:
    """Raises SettingError where many frames would go into one still."""
    if count > 1 and is_single_still(out, preset.kind):
        raise SettingError(
            f"{count} frames do not fit into the one still {out.name}.",
            f"Name a folder, or a pattern such as {out.stem}_%06d{out.suffix}.",
        )


def finish(done: FinishedSegments, say: Say, notes: list[str], emit: Emit) -> dict[str, Any]:
    """Write the master and its sidecars; returns the paths and shares of the result. Raises RenderError, Cancelled."""
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
    # From here on files get their final names: a render that dies now may replace its own when it goes on.
    paths.placing.touch()
    picture = None
    if done.puller.graph.stages:
        made_path = made if isinstance(made, Path) else next(iter(made.values())).parent
        source = done.puller.graph.source
        picture = write_showcase(source, done.first, made_path, track, done.counts(), paths.picture)
    manifest = _manifest(done, track_hashes, tuple(notes))
    place_file(track, paths.provenance)
    geometry = done.puller.graph.geometry()
    frame_bytes = _frame_bytes(done.stored, geometry.width, geometry.height)
    pts = _times(done)
    write_framemd5(paths.framemd5, hashes, pts, done.clip.time_base, (geometry.width, geometry.height), frame_bytes)
    write_report(paths.report, manifest, picture)
    with whole_file(paths.manifest) as partial:
        partial.write_text(manifest.to_json(), encoding="utf-8")
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
        "before_after": str(picture) if picture else None,
        "frames": len(hashes),
        "preset": done.preset.name,
        "stored_format": done.stored.name,
        "width": geometry.width,
        "height": geometry.height,
        "shares": done.shares(),
        "flagged_share": done.shares()[Origin.SYNTHESISED.name],
        "flagged_share_by_frame": done.flagged(),
        "hdr": hdr_facts(done.said()),
    }


def _assemble_master(done: FinishedSegments, hashes: tuple[str, ...], say: Say, meter: Meter) -> Path | dict[int, Path]:
    """The verified master in the work folder: a file, or stills by number."""
    paths, cancel = done.paths, done.puller.cancel
    # Every frame of the master and of its provenance track is decoded once more.
    meter.begin(2 * len(hashes))
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


def _manifest(done: FinishedSegments, track_hashes: tuple[str, ...], notes: tuple[str, ...]) -> Manifest:
    job, graph, geometry = done.job, done.puller.graph, done.puller.graph.geometry()
    return Manifest(
        tool=VERSION,
        source=str(job.source),
        source_fingerprint=done.clip.fingerprint,
        first=done.first,
        last=done.last,
        missing=job.missing,
        deinterlaced=job.deinterlace,
        tags=job.tags.text(),
        preset=done.preset.name,
        lossless=done.lossless,
        width=geometry.width,
        height=geometry.height,
        stored_format=done.stored.name,
        stages=tuple(
            stage_record(stage, applied(done.puller, depth, done.first, done.last))
            for depth, stage in enumerate(graph.stages)
        ),
        masks=str(job.masks) if job.masks else None,
        original=str(job.original) if job.original else None,
        protect=str(job.protect) if job.protect else None,
        project=str(job.project) if job.project else None,
        shots=graph.shots.starts,
        shares=done.shares(),
        flagged=done.flagged(),
        master=done.paths.master.name,
        framemd5=done.paths.framemd5.name,
        provenance=done.paths.provenance.name,
        provenance_hashes=track_hashes,
        segments=tuple({"key": s.key, "first": s.first, "count": s.count, "light": s.light} for s in done.done),
        hdr=hdr_facts(done.said()),
        notes=notes,
        forensic=job.forensic,
        case={name: text for name, text in asdict(job.case).items() if text},
        job=json.loads(job.to_json()),
    )


def _times(done: FinishedSegments) -> tuple[int, ...]:
    offset = done.clip.pts[done.first] if done.first > 0 else 0
    return tuple(t - offset for t in done.clip.pts[done.first : done.last + 1])


def _frame_bytes(layout: PixelFormat, width: int, height: int) -> int:
    sizes = (layout.plane_size(index, width, height) for index in range(layout.plane_count))
    return sum(w * h for w, h in sizes) * layout.dtype.itemsize
