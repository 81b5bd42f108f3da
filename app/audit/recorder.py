"""What a render writes into its audit log, from the first word to the seal."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from types import TracebackType

from app.audit.environment import environment
from app.audit.log import AuditLog, read_log
from app.audit.masks import masks_of
from app.audit.weights import weights_of
from app.export.job import RenderJob
from app.export.journal import DoneSegment
from app.export.manifest import stage_record
from app.export.paths import MasterPaths
from engines.cancel import CancelToken
from engines.errors import Cancelled, MediaError, RenderError, TratteggioError
from engines.graph import Graph
from engines.media.continuity import Continuity
from engines.media.identity import SourceIdentity, identify
from engines.media.source import ClipInfo
from engines.types import FrameNo

# So many files of a sequence in one entry keep lines short.
_FILES_A_LINE = 10_000


class Recorder:
    """A context around a render in its locked work folder; what ends the render is the last that it writes.

    The source's digests are computed on a thread of its own meanwhile.
    """

    def __init__(self, job: RenderJob, paths: MasterPaths, clip: ClipInfo, cancel: CancelToken) -> None:
        """Raises RenderError where the log of an earlier run of this render was tampered with."""
        self._job, self._paths, self._clip, self._cancel = job, paths, clip, cancel
        self._log = _opened(paths)
        self._stopped = threading.Event()
        self._pool = ThreadPoolExecutor(1, "identify")
        self._identity: Future[SourceIdentity] | None = None

    def __enter__(self) -> Recorder:
        if self._job.force and not self._paths.placing.exists():
            self._replaces()
        self._log.add(
            "started",
            job=json.loads(self._job.to_json()),
            forensic=self._job.forensic,
            case=asdict(self._job.case),
            environment=environment(self._job.device),
        )
        for layer, found in masks_of(self._job).items():
            folder = getattr(self._job, layer)
            self._log.add("masks", layer=layer, folder=folder, sha256=found.sha256, count=len(found.files))
            self._files("masks", found.files, layer=layer)
        self._identity = self._pool.submit(identify, self._job.source, self._clip, self._look)
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self._stopped.set()
        self._pool.shutdown()
        if value is not None:
            sentence = str(value) if isinstance(value, TratteggioError | OSError) else repr(value)
            self._log.add("cancelled" if isinstance(value, Cancelled) else "failed", sentence=sentence)

    @property
    def head(self) -> Mapping[str, object]:
        """What the manifest says of the log: `name`, `entries`, `head`."""
        return {"name": self._paths.audit.name, "entries": self._log.entries, "head": self._log.head}

    def note(self, sentence: str) -> None:
        self._log.add("note", text=sentence)

    def stages(self, graph: Graph, first: FrameNo, last: FrameNo, models: Path | None) -> None:
        """The chain as it is set up, stage by stage, and where the cuts are. Raises ModelError."""
        self._log.add("cuts", starts=graph.shots.starts, found=not self._job.shots and bool(graph.stages))
        for place, stage in enumerate(graph.stages):
            record = stage_record(stage)
            self._log.add(
                "stage",
                place=place,
                name=stage.name,
                settings=record.settings,
                key=record.key,
                computed=record.computed,
                weights=[asdict(used) for used in weights_of(stage, models)],
                frames=(first, last),
            )

    def segment(self, done: DoneSegment, *, reused: bool) -> None:
        """Digests are of the segment's files in the work folder; stand_ins: frames of the source that were replaced."""
        self._log.add(
            "segment",
            frames=(done.first, done.first + done.count - 1),
            key=done.key,
            picture=done.picture_digest,
            provenance=done.provenance_digest,
            delta=done.delta_digest or None,
            stand_ins=done.stand_ins,
            reused=reused,
        )

    def source(self, continuity: Continuity, say: Callable[[str], None]) -> Mapping[str, object]:
        """The source's identity as the manifest has it, waited for; empty, which is said, where it cannot be had.

        continuity: what is known of its frames' order. A forensic render raises MediaError then. Raises Cancelled.
        """
        assert self._identity is not None
        told = continuity.to_json()
        try:
            identity = self._identity.result()
        except MediaError as error:
            if self._job.forensic:
                raise
            say(f"The source has no checksums in log and report: {error}")
            self._log.add("source", problem=str(error), fingerprint=self._clip.fingerprint, continuity=told)
            return {}
        self._files("source", {file.name: file.sha256 for file in identity.files})
        self._log.add(
            "source",
            path=self._job.source,
            fingerprint=self._clip.fingerprint,
            sha256=identity.sha256,
            md5=identity.files[0].md5 if len(identity.files) == 1 else None,
            size=identity.size,
            count=len(identity.files),
            continuity=told,
        )
        return identity.to_json()

    def applied(self, place: int, name: str, shots: Sequence[Mapping[str, object]]) -> None:
        """What a stage applied in numbers, shot by shot."""
        self._log.add("applied", place=place, name=name, shots=shots)

    def finished(self, files: Mapping[str, str]) -> None:
        """SHA-256 of every file by its final name. The manifest names this entry, or the last of them."""
        names = list(files)
        if len(names) > _FILES_A_LINE:
            self._files("made", files)
            self._log.add("finished", count=len(names))
        else:
            self._log.add("finished", files=files)

    def sealed(self, files: Mapping[str, str]) -> None:
        """Of what was made after the manifest named the log's head, the manifest included; then the log is placed."""
        self._log.add("sealed", files=files)
        self._log.place(self._paths.audit)

    def _files(self, what: str, files: Mapping[str, str], **facts: object) -> None:
        """Digests by name, spread over entries that are not too long."""
        items = list(files.items())
        for start in range(0, len(items), _FILES_A_LINE):
            self._log.add(f"{what} files", **facts, files=dict(items[start : start + _FILES_A_LINE]))

    def _replaces(self) -> None:
        """An older master of the same name goes when this one is placed; its log is known by its head from then on."""
        held = [path.name for path in self._paths.existing()]
        if not held:
            return
        facts: dict[str, object] = {"files": held}
        if self._paths.audit.exists():
            try:
                entries = read_log(self._paths.audit)
                facts |= {"head": entries[-1].digest if entries else "", "entries": len(entries)}
            except TratteggioError as error:
                facts["problem"] = str(error)
        self._log.add("replaces", **facts)

    def _look(self, _read: int) -> None:
        if self._stopped.is_set():
            raise Cancelled
        self._cancel.check()


def _opened(paths: MasterPaths) -> AuditLog:
    """The log in the work folder; one that a run placed which then died before its master was named is taken back."""
    log = paths.parts / paths.audit.name
    if paths.placing.exists() and paths.audit.exists() and not log.exists():
        return AuditLog.open(paths.audit).place(log)
    try:
        return AuditLog.open(log)
    except RenderError as error:
        raise RenderError(
            error.sentence, f"Restore it from a good copy, or remove {paths.parts} and render all of it anew."
        ) from error
