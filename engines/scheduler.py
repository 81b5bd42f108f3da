"""A queue of what is wanted now: ordered by urgency, merged, pruned; what nobody wants any more is cancelled."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from enum import IntEnum

from engines.cancel import CancelToken


class Urgency(IntEnum):
    """Lower comes first, and interrupts what is running at a higher one."""

    PLAYHEAD = 0
    PROBE = 1
    PLAYBACK = 2
    THUMBNAIL = 3
    PREFETCH = 4
    CURVE = 5


@dataclass(frozen=True, eq=False)
class Job:
    """Work towards one answer. Jobs of equal `key` are the same work: one of them is done.

    order: within an urgency the lowest comes first (a deadline, a distance). run: gets a token to check between
    steps, and lets `Cancelled` through.
    """

    key: Hashable
    urgency: Urgency
    run: Callable[[CancelToken], None]
    order: float = 0.0


@dataclass(frozen=True, eq=False)
class Running:
    """A job in hand."""

    job: Job
    token: CancelToken


class JobQueue:
    """Wants come in named groups, each replaced as a whole: the latest group counts, so nothing outdated waits.

    Thread-safe. One worker takes; any thread puts.
    """

    def __init__(self) -> None:
        self._groups: dict[str, dict[Hashable, Job]] = {}
        self._running: Running | None = None
        self._closed = False
        self._changed = threading.Condition()

    def replace(self, group: str, jobs: Iterable[Job]) -> None:
        """From now on exactly `jobs` are wanted under `group`. Work in hand that nobody wants is cancelled."""
        with self._changed:
            self._groups[group] = {job.key: job for job in jobs}
            self._review()

    def add(self, group: str, job: Job) -> None:
        """One more under `group`; equal work already wanted there is merged, at the greater urgency."""
        with self._changed:
            held = self._groups.setdefault(group, {})
            old = held.get(job.key)
            if old is None or _rank(job) < _rank(old):
                held[job.key] = job
            self._review()

    def drop(self, outdated: Callable[[Job], bool]) -> None:
        """Nobody wants these any more, in any group."""
        with self._changed:
            for group, held in tuple(self._groups.items()):
                self._groups[group] = {key: job for key, job in held.items() if not outdated(job)}
                if not self._groups[group]:
                    del self._groups[group]
            self._review()

    def take(self, timeout: float | None = None) -> Running | None:
        """The most urgent job, which counts as in hand until `finish`; None once closed or after `timeout` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._next() is not None, timeout)
            job = self._next()
            if self._closed or job is None:
                return None
            self._running = Running(job, CancelToken())
            return self._running

    def finish(self, running: Running, *, done: bool) -> None:
        """`done`: nobody needs it any more. Otherwise it was interrupted and waits again where still wanted."""
        with self._changed:
            self._running = None
            if done:
                for held in self._groups.values():
                    if held.get(running.job.key) is not None:
                        del held[running.job.key]
            self._changed.notify_all()

    def wanted(self, urgency: Urgency) -> int:
        """How many jobs of an urgency wait or run."""
        with self._changed:
            return len({job.key for held in self._groups.values() for job in held.values() if job.urgency == urgency})

    def close(self) -> None:
        """Cancels what runs; `take` gives None from now on."""
        with self._changed:
            self._closed = True
            self._groups.clear()
            if self._running is not None:
                self._running.token.cancel()
            self._changed.notify_all()

    def _review(self) -> None:
        running, best = self._running, self._next()
        if running is not None:
            wanted = any(running.job.key in held for held in self._groups.values())
            if not wanted or (best is not None and best.urgency < running.job.urgency):
                running.token.cancel()
        self._changed.notify_all()

    def _next(self) -> Job | None:
        jobs = (job for held in self._groups.values() for job in held.values())
        return min(jobs, key=_rank, default=None)


def _rank(job: Job) -> tuple[int, float]:
    return job.urgency, job.order
