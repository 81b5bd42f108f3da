"""Renders the segments of a plan that the journal lacks, in this process or by several workers."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.audit.recorder import Recorder
from app.export.journal import DoneSegment, Journal
from app.export.meter import Meter
from app.export.preflight import check_space
from app.export.prepared import Prepared
from app.export.segment_render import SegmentKitchen, render_segment
from app.export.segments import PlannedSegment
from app.farm.brief import Brief
from app.farm.dispatch import Dispatch, Listeners
from app.farm.hand import LocalHand, Tell
from engines.cancel import CancelToken
from engines.graph import Puller


@dataclass(frozen=True)
class Shared:
    """What all segments of a render have in common."""

    ready: Prepared
    folder: Path
    puller: Puller
    meter: Meter
    say: Callable[[str], None]
    cancel: CancelToken


def render_missing(shared: Shared, recorder: Recorder) -> tuple[tuple[DoneSegment, ...], int]:
    """Every segment of the plan, finished, in its order; and how many the journal had already.

    Raises what rendering raises; what is finished is in the journal then.
    """
    plan, journal = shared.ready.plan, Journal(shared.folder)
    held = {key: segment for key, segment in journal.load().items() if key in {planned.key for planned in plan}}
    missing = [planned for planned in plan if planned.key not in held]
    for segment in held.values():
        recorder.segment(segment, reused=True)
    books = _Books(shared, journal, recorder, left=sum(planned.count for planned in missing))
    reused = len(held)
    shared.meter.begin(sum(planned.count for planned in plan), done=sum(s.count for s in held.values()))
    if shared.ready.order.job.workers > 1 and len(missing) > 1:
        _by_workers(shared, missing, books)
    else:
        kitchen = _kitchen(shared)
        for planned in missing:
            books.enter(render_segment(planned, kitchen))
    found: Mapping[str, DoneSegment] = held | books.done
    return tuple(found[planned.key] for planned in plan), reused


@dataclass
class _Books:
    """Enters finished segments into the journal and the log. left: frames that are still to come."""

    shared: Shared
    journal: Journal
    recorder: Recorder
    left: int
    done: dict[str, DoneSegment] = field(default_factory=dict)

    def enter(self, segment: DoneSegment) -> None:
        """Raises RenderError where the rest will not fit the disk."""
        self.journal.append(segment)
        self.done[segment.key] = segment
        folder, total = self.shared.folder, sum(planned.count for planned in self.shared.ready.plan)
        self.left -= segment.count
        written = _size(folder / segment.picture) + _size(folder / segment.provenance)
        check_space(folder, written, segment.count, self.left, total)
        self.recorder.segment(segment, reused=False)


def _kitchen(shared: Shared) -> SegmentKitchen:
    order = shared.ready.order
    return SegmentKitchen(
        puller=shared.puller,
        clip=order.source.info,
        preset=order.preset,
        layout=shared.ready.layout,
        folder=shared.folder,
        threads=order.job.threads,
        frame_done=shared.meter.step,
        forensic=order.job.forensic,
        ahead=shared.ready.at_once,
    )


def _by_workers(shared: Shared, missing: Sequence[PlannedSegment], books: _Books) -> None:
    job = shared.ready.order.job
    count = min(job.workers, len(missing))
    threads = max((job.threads or os.cpu_count() or 1) // count, 1)
    brief = Brief(replace(job, threads=threads), shared.ready.graph.shots.starts, shared.folder)
    names = (f"{number}" for number in range(1, 10**9))

    def hire(tell: Tell) -> LocalHand:
        return LocalHand(next(names), brief, tell)

    listeners = Listeners(books.enter, shared.meter.move, shared.say)
    Dispatch(hire, count, listeners, shared.cancel).run(missing)


def _size(path: Path) -> int:
    return sum(p.stat().st_size for p in path.iterdir()) if path.is_dir() else path.stat().st_size
