"""Renders the segments of a plan that the journal lacks, in this process or by several workers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.audit.recorder import Recorder
from app.export.journal import DoneSegment, Journal
from app.export.kitchen import Kitchen
from app.export.meter import Meter
from app.export.preflight import check_space
from app.export.segments import PlannedSegment
from app.farm.brief import Brief
from app.farm.dispatch import Dispatch, Listeners
from app.farm.hand import LocalHand, Tell
from app.forensic.gate import refuse_taken_over


def render_missing(kitchen: Kitchen, meter: Meter, recorder: Recorder) -> tuple[tuple[DoneSegment, ...], int]:
    """Every segment of the plan, finished, in its order; and how many the journal had already.

    Raises what rendering raises; what is finished is in the journal then.
    """
    job, plan = kitchen.ready.order.job, kitchen.ready.plan
    journal = Journal(kitchen.folder)
    keys = {planned.key for planned in plan}
    held = {key: segment for key, segment in journal.load().items() if key in keys}
    missing = [planned for planned in plan if planned.key not in held]
    meter.begin(sum(planned.count for planned in plan), done=sum(segment.count for segment in held.values()))
    books = _Books(kitchen, journal, recorder, sum(planned.count for planned in missing))
    for segment in held.values():
        if job.forensic:
            refuse_taken_over(segment, kitchen.folder)
        books.take_over(segment)
    if job.workers > 1 and len(missing) > 1:
        _by_workers(kitchen, missing, books, meter)
    else:
        for planned in missing:
            books.enter(kitchen.render(planned, meter.step))
    return tuple(books.done[planned.key] for planned in plan), len(held)


@dataclass
class _Books:
    """Enters finished segments into the journal and the log. left: frames that are still to come."""

    kitchen: Kitchen
    journal: Journal
    recorder: Recorder
    left: int
    done: dict[str, DoneSegment] = field(default_factory=dict)

    def take_over(self, segment: DoneSegment) -> None:
        """One that an earlier run made."""
        whole = self.kitchen.completed(segment)
        if whole is not segment:
            self.journal.append(whole)
        self.done[whole.key] = whole
        self.recorder.segment(whole, reused=True)

    def enter(self, segment: DoneSegment) -> None:
        """A new one. Raises RenderError where the rest will not fit the disk."""
        self.journal.append(segment)
        self.done[segment.key] = segment
        self.recorder.segment(segment, reused=False)
        folder, plan = self.kitchen.folder, self.kitchen.ready.plan
        self.left -= segment.count
        written = sum(_size(folder / name) for name in segment.files)
        check_space(folder, written, segment.count, self.left, sum(planned.count for planned in plan))


def _by_workers(kitchen: Kitchen, missing: Sequence[PlannedSegment], books: _Books, meter: Meter) -> None:
    job = kitchen.ready.order.job
    count = min(job.workers, len(missing))
    threads = max((job.threads or os.cpu_count() or 1) // count, 1)
    brief = Brief(replace(job, threads=threads), kitchen.ready.graph.shots.starts, kitchen.folder)
    names = (f"{number}" for number in range(1, 10**9))

    def hire(tell: Tell) -> LocalHand:
        return LocalHand(next(names), brief, tell)

    listeners = Listeners(books.enter, meter.move, kitchen.puller.note)
    Dispatch(hire, count, listeners, kitchen.puller.cancel).run(missing)


def _size(path: Path) -> int:
    return sum(p.stat().st_size for p in path.iterdir()) if path.is_dir() else path.stat().st_size
