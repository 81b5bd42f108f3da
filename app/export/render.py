"""A render from job to verified master: plan, render what the journal lacks, assemble, read back, name."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import av
import cv2
import torch

from app.audit.recorder import Recorder
from app.build import build_graph, build_stages, shots_of
from app.data_folder import models_folder
from app.export.cuts_file import cuts_of
from app.export.deliveries import check_delivery, preset_of
from app.export.events import Emit, Event, note
from app.export.finish import check_still_count, finish
from app.export.finished import FinishedSegments
from app.export.harvest import harvest
from app.export.job import RenderJob
from app.export.journal import DoneSegment, Journal
from app.export.meter import Meter
from app.export.opening import open_for
from app.export.paths import crash_log, master_paths
from app.export.preflight import check_frames, check_out, check_source, check_space
from app.export.segment_delta import DeltaKitchen, delta_kitchen, with_delta
from app.export.segment_render import SegmentKitchen, render_segment
from app.export.segments import PlannedSegment, plan_segments
from app.export.work_folder import WorkFolder
from app.forensic.beginning import begin_forensic
from app.forensic.gate import refuse_taken_over
from app.forensic.repeatable import repeatable
from app.memory import peak_memory
from engines.analysis.store import AnalysisStore
from engines.cancel import CancelToken
from engines.colour.tags import check
from engines.detect.shots import ShotList
from engines.graph import Graph, Puller
from engines.media.colour_tags import unsaid
from engines.media.preset_colour import check_colour
from engines.media.presets import choose_preset, stored_format
from engines.media.shared import SharedSource
from engines.media.source import ClipInfo, Source
from engines.media.witness import Witness
from engines.policy import EXPORT
from engines.types import ColourSpec

# More would hold more pictures in memory than they save time: what a stage computes is spread over processors already.
_MOST_AT_ONCE = 2


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

    if job.threads:
        torch.set_num_threads(job.threads)
        cv2.setNumThreads(job.threads)
    paths = master_paths(job.out)
    source = Witness(open_for(job, say))
    try:
        check_out(job, paths)
        check_source(job, source.info)
        if job.forensic:
            begin_forensic(job, source.info, cancel, say)
        first, last = check_frames(job, source.info.frame_count)
        stages = build_stages(job, source)
        preset = choose_preset(job.out, preset_of(job, source.info.format), source.info.format)
        check_still_count(job.out, preset, last - first + 1)
        with (
            repeatable(job.forensic),
            WorkFolder(paths.parts) as work,
            Recorder(job, paths, source.info, cancel) as recorder,
            delta_kitchen(job, preset, paths.parts, cancel) as deltas,
        ):
            for sentence in notes:
                recorder.note(sentence)
            # What was measured before may have been changed since; forensic work measures it itself.
            analyses = AnalysisStore() if job.forensic else None
            graph = build_graph(stages, source, lambda: _cuts(job, source, work.folder, emit, cancel), analyses)
            geometry = graph.geometry()
            stored, _ = stored_format(preset, geometry.format)
            _say_colour(source.info, geometry.colour, preset.container, say)
            check_delivery(job, geometry.format, geometry.colour, preset.name)
            check_colour(preset, geometry.format, geometry.colour)
            encoding = f"{av.__version__} {preset.options} {job.missing} {job.deinterlace}"
            # Nothing that another kind of render made is taken over.
            encoding += " forensic" if job.forensic else ""
            recorder.stages(graph, first, last, models_folder())
            plan = plan_segments(graph, preset, stored, first, last, encoding)
            if job.force and not job.forensic:
                harvest(paths, plan, preset, say)
            ahead = frames_at_once(graph, job.threads)
            if ahead > 1:
                graph = replace(graph, source=SharedSource(source))
            puller = Puller(graph, replace(EXPORT, device=job.device), cancel, say)
            meter = Meter("render", emit)
            kitchen = SegmentKitchen(
                puller,
                source.info,
                preset,
                geometry.format,
                work.folder,
                job.threads,
                meter.step,
                source.look,
                job.forensic,
                ahead,
            )
            done, reused = _render_missing(plan, kitchen, meter, recorder, deltas)
            raw = deltas.source.info if deltas is not None else None
            whole = FinishedSegments(job, paths, puller, preset, stored, first, last, done, raw)
            result = finish(whole, recorder, say, notes, emit)
            work.done = True
            crash_log(job.out).unlink(missing_ok=True)
        return {
            "event": "result",
            **result,
            "segments": {"rendered": len(plan) - reused, "reused": reused},
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


def frames_at_once(graph: Graph, threads: int) -> int:
    """How many frames to work on at the same time; threads: as the job says, 0 = all processors."""
    processors = threads or os.cpu_count() or 1
    if not graph.stages or any(stage.alone for stage in graph.stages):
        return 1
    return min(processors, _MOST_AT_ONCE)


def _cuts(job: RenderJob, source: Source, folder: Path, emit: Emit, cancel: CancelToken) -> ShotList:
    """Where the project says, otherwise where they are found."""
    if job.shots:
        return shots_of(job.shots, source.info.frame_count)
    return cuts_of(source, folder, Meter("cuts", emit), cancel)


def _render_missing(
    plan: Sequence[PlannedSegment],
    kitchen: SegmentKitchen,
    meter: Meter,
    recorder: Recorder,
    deltas: DeltaKitchen | None,
) -> tuple[tuple[DoneSegment, ...], int]:
    """Every segment of `plan`, finished; and how many the journal had already."""
    journal = Journal(kitchen.folder)
    held: Mapping[str, DoneSegment] = journal.load()
    reused = [p for p in plan if p.key in held]
    if kitchen.forensic:
        for planned in reused:
            refuse_taken_over(held[planned.key], kitchen.folder)
    meter.begin(sum(p.count for p in plan), done=sum(p.count for p in reused))
    done: list[DoneSegment] = []
    left = sum(p.count for p in plan)
    total = left
    for planned in plan:
        segment = held.get(planned.key) or render_segment(planned, kitchen)
        if planned.key not in held:
            journal.append(segment)
        if deltas is not None and segment.delta is None:
            segment = with_delta(segment, deltas)
            journal.append(segment)
        if segment is not held.get(planned.key):
            written = sum(_size(kitchen.folder / name) for name in segment.files)
            check_space(kitchen.folder, written, planned.count, left - planned.count, total)
        done.append(segment)
        recorder.segment(done[-1], reused=planned.key in held)
        left -= planned.count
    return tuple(done), len(reused)


def _size(path: Path) -> int:
    return sum(p.stat().st_size for p in path.iterdir()) if path.is_dir() else path.stat().st_size
