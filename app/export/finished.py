"""Everything that is known of a render once its last segment is whole, and the manifest that says it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import reduce
from typing import Any

import numpy as np

from app.audit.environment import environment
from app.export.applied import applied
from app.export.hdr_said import hdr_facts, said_of
from app.export.job import RenderJob
from app.export.journal import DoneSegment
from app.export.manifest import Manifest, StageRecord, stage_record
from app.export.paths import MasterPaths
from app.version import VERSION
from engines.graph import Puller
from engines.hdr.light_level import Light
from engines.media.assemble import Said
from engines.media.continuity import Continuity, continuity
from engines.media.describe import as_dict
from engines.media.encode import Segment
from engines.media.presets import Preset
from engines.media.source import ClipInfo
from engines.provenance import Origin
from engines.provenance_track import TRACK_FORMAT
from engines.types import FrameNo, PixelFormat


@dataclass(frozen=True)
class Logged:
    """What the audit log was told before the manifest was made.

    identity: of the source, empty where it could not be had. audit: where the log stood, see `Manifest.audit`.
    """

    identity: Mapping[str, Any]
    stages: tuple[StageRecord, ...]
    audit: Mapping[str, Any]


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
    raw: ClipInfo | None = None
    """Of reversible masters: the source as its file is, before anything is done to its frames."""

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

    def unrepaired(self) -> tuple[int, ...]:
        """Pixels of known damage that were left as they are, frame by frame."""
        return tuple(count for segment in self.done for count in segment.unrepaired)

    def continuity(self) -> Continuity:
        """Of the source; repeated frames are known where every frame that was rendered was looked at."""
        looks = [look for segment in self.done for look in segment.looks]
        seen = len(looks) == self.last - self.first + 1 and all(looks)
        return continuity(self.clip, looks if seen else None, self.first)

    def areas(self) -> dict[str, tuple[float, ...]]:
        """Shares of the labels between SOURCE and SYNTHESISED that occur, frame by frame."""
        counts = self.counts()
        shares = counts / counts.sum(axis=1, keepdims=True)
        between = (Origin.ADJUSTED, Origin.TRANSPORTED, Origin.ESTIMATED)
        return {o.name: tuple(round(float(share), 6) for share in shares[:, o]) for o in between if counts[:, o].any()}

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


def stage_records(done: FinishedSegments) -> tuple[StageRecord, ...]:
    """The chain as it ran, with what it applied. Raises FrameError, ModelError, Cancelled."""
    return tuple(
        stage_record(stage, applied(done.puller, depth, done.first, done.last))
        for depth, stage in enumerate(done.puller.graph.stages)
    )


def manifest_of(done: FinishedSegments, track_hashes: tuple[str, ...], notes: tuple[str, ...], log: Logged) -> Manifest:
    """All that is known of the master; `log` is what the audit log tells. Raises FrameError, ModelError, Cancelled."""
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
        stages=log.stages,
        masks=str(job.masks) if job.masks else None,
        original=str(job.original) if job.original else None,
        protect=str(job.protect) if job.protect else None,
        project=str(job.project) if job.project else None,
        shots=graph.shots.starts,
        shares=done.shares(),
        flagged=done.flagged(),
        unrepaired=done.unrepaired(),
        areas=done.areas(),
        clip=as_dict(done.clip),
        continuity=done.continuity().to_json(),
        master=done.paths.master.name,
        framemd5=done.paths.framemd5.name,
        provenance=done.paths.provenance.name,
        provenance_hashes=track_hashes,
        segments=tuple({"key": s.key, "first": s.first, "count": s.count, "light": s.light} for s in done.done),
        hdr=hdr_facts(done.said()),
        notes=notes,
        forensic=job.forensic,
        case={name: text for name, text in asdict(job.case).items() if text},
        identity=log.identity,
        audit=log.audit,
        job=json.loads(job.to_json()),
        environment=environment(job.device),
    )
