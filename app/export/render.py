"""A render from job to verified master: plan, render what the journal lacks, assemble, read back, name."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from app.audit.recorder import Recorder
from app.build import shots_of
from app.data_folder import models_folder
from app.export.cuts_file import cuts_of
from app.export.events import Emit, Event, note
from app.export.finish import check_still_count, finish
from app.export.finished import FinishedSegments
from app.export.harvest import harvest
from app.export.job import RenderJob
from app.export.kitchen import Kitchen
from app.export.meter import Meter
from app.export.missing_segments import render_missing
from app.export.opening import open_for
from app.export.paths import crash_log, master_paths
from app.export.preflight import check_out
from app.export.prepared import prepare, take, use_threads
from app.export.segment_delta import delta_kitchen
from app.export.work_folder import WorkFolder
from app.forensic.beginning import begin_forensic
from app.forensic.repeatable import repeatable
from app.memory import peak_memory
from engines.cancel import CancelToken
from engines.colour.tags import check
from engines.detect.shots import ShotList
from engines.media.colour_tags import unsaid
from engines.media.source import ClipInfo, Source
from engines.media.witness import Witness


def render(job: RenderJob, emit: Emit, cancel: CancelToken) -> Event:
    """Render `job`; returns the `result` event. Raises TratteggioError; what was finished is kept for the next run."""
    started = time.monotonic()
    notes: list[str] = []
    recorder: Recorder | None = None

    def say(sentence: str) -> None:
        notes.append(sentence)
        emit(note(sentence))
        if recorder is not None:
            recorder.note(sentence)

    use_threads(job.threads)
    paths = master_paths(job.out)
    source = Witness(open_for(job, say))
    try:
        check_out(job, paths)
        if job.forensic:
            begin_forensic(job, source.info, cancel, say)
        order = take(job, source)
        check_still_count(job.out, order.preset, order.last - order.first + 1)
        with (
            repeatable(job.forensic),
            WorkFolder(paths.parts) as work,
            Recorder(job, paths, source.info, cancel) as recorder,
            delta_kitchen(job, order.preset, paths.parts, cancel) as deltas,
        ):
            for sentence in notes:
                recorder.note(sentence)
            # Said before anything is refused for its colours: the tags may be why.
            _say_tags(source.info, say)
            ready = prepare(order, lambda: _cuts(job, source, work.folder, emit, cancel))
            if sentence := unsaid(ready.graph.geometry().colour, order.preset.container):
                say(sentence)
            recorder.stages(ready.graph, order.first, order.last, models_folder())
            if job.force and not job.forensic:
                harvest(paths, ready.plan, order.preset, say)
            kitchen = Kitchen.of(ready, paths.parts, deltas, source.look, cancel, say)
            done, reused = render_missing(kitchen, Meter("render", emit), recorder)
            raw = deltas.source.info if deltas is not None else None
            whole = FinishedSegments(
                job, paths, kitchen.puller, order.preset, ready.stored, order.first, order.last, done, raw
            )
            result = finish(whole, recorder, say, notes, emit)
            work.done = True
            crash_log(job.out).unlink(missing_ok=True)
        return {
            "event": "result",
            **result,
            "segments": {"rendered": len(done) - reused, "reused": reused},
            "seconds": round(time.monotonic() - started, 2),
            "peak_memory_bytes": peak_memory(),
            "notes": notes,
        }
    finally:
        source.close()


def _say_tags(clip: ClipInfo, say: Callable[[str], None]) -> None:
    """What is wrong with the clip's colour tags."""
    for finding in check(clip):
        if finding.kind != "missing":
            say(f"{finding.sentence} To change: --tags {finding.tag}={finding.choices[0]}.")


def _cuts(job: RenderJob, source: Source, folder: Path, emit: Emit, cancel: CancelToken) -> ShotList:
    """Where the project says, otherwise where they are found."""
    if job.shots:
        return shots_of(job.shots, source.info.frame_count)
    return cuts_of(source, folder, Meter("cuts", emit), cancel)
