"""A render from job to verified master: plan, render what the journal lacks, assemble, read back, name."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
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
from app.export.meter import Meter
from app.export.missing_segments import Shared, render_missing
from app.export.paths import crash_log, master_paths
from app.export.preflight import check_out
from app.export.prepared import prepare, take, use_threads
from app.export.work_folder import WorkFolder
from app.memory import peak_memory
from engines.cancel import CancelToken
from engines.colour.tags import check
from engines.detect.shots import ShotList
from engines.graph import Puller
from engines.media.colour_tags import unsaid
from engines.media.open import open_source
from engines.media.shared import SharedSource
from engines.media.source import ClipInfo, Source
from engines.policy import EXPORT
from engines.types import ColourSpec


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
    source = open_source(
        job.source,
        missing=job.missing,
        deinterlace=job.deinterlace,
        tags=job.tags,
        threads=job.threads,
        note=say,
    )
    try:
        check_out(job, paths)
        order = take(job, source)
        check_still_count(job.out, order.preset, order.last - order.first + 1)
        with WorkFolder(paths.parts) as work, Recorder(job, paths, source.info, cancel) as recorder:
            for sentence in notes:
                recorder.note(sentence)
            ready = prepare(order, lambda: _cuts(job, source, work.folder, emit, cancel))
            graph = ready.graph
            _say_colour(source.info, graph.geometry().colour, order.preset.container, say)
            recorder.stages(graph, order.first, order.last, models_folder())
            if job.force:
                harvest(paths, ready.plan, order.preset, say)
            if ready.at_once > 1:
                graph = replace(graph, source=SharedSource(source))
            puller = Puller(graph, replace(EXPORT, device=job.device), cancel, say)
            shared = Shared(ready, work.folder, puller, Meter("render", emit), say, cancel)
            done, reused = render_missing(shared, recorder)
            whole = FinishedSegments(job, paths, puller, order.preset, ready.stored, order.first, order.last, done)
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


def _say_colour(clip: ClipInfo, colour: ColourSpec, container: str, say: Callable[[str], None]) -> None:
    """What is wrong with the clip's colour tags, and what the master cannot say of its own."""
    for finding in check(clip):
        if finding.kind != "missing":
            say(f"{finding.sentence} To change: --tags {finding.tag}={finding.choices[0]}.")
    if sentence := unsaid(colour, container):
        say(sentence)


def _cuts(job: RenderJob, source: Source, folder: Path, emit: Emit, cancel: CancelToken) -> ShotList:
    """Where the project says, otherwise where they are found."""
    if job.shots:
        return shots_of(job.shots, source.info.frame_count)
    return cuts_of(source, folder, Meter("cuts", emit), cancel)
