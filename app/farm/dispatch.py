"""Gives segments to workers until all are done: who is idle gets the next, what a lost one held is given again."""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.export.events import Event
from app.export.journal import DoneSegment, segment_of
from app.export.segments import PlannedSegment
from app.farm.hand import Hand, Tell
from engines.cancel import CancelToken
from engines.errors import RenderError

_LOOK_SECONDS = 0.1
# A segment that ends so many workers ends the next one, too.
_MOST_LOSSES = 3


@dataclass
class Listeners:
    """Who is told: of a whole segment, a frame, a sentence."""

    done: Callable[[DoneSegment], None]
    frame: Callable[[int], None]
    """Counts: +1 for a frame; minus those of a segment that was lost half-way."""
    say: Callable[[str], None]


@dataclass
class _Desk:
    """One worker and what it is at."""

    hand: Hand
    busy: PlannedSegment | None = None
    frames: int = 0
    failed: str = ""


@dataclass
class Dispatch:
    """hire: makes a worker that tells its events to what it is given."""

    hire: Callable[[Tell], Hand]
    count: int
    listeners: Listeners
    cancel: CancelToken
    _events: queue.SimpleQueue[tuple[Hand, Event]] = field(default_factory=queue.SimpleQueue)
    _desks: dict[str, _Desk] = field(default_factory=dict)
    _losses: dict[str, int] = field(default_factory=dict)

    def run(self, plan: Sequence[PlannedSegment]) -> None:
        """Returns once all segments of `plan` were told as done.

        Raises RenderError with a worker's own sentence, or where one segment ends workers again and again; Cancelled.
        All workers are gone when it returns or raises.
        """
        waiting = deque(plan)
        left = {planned.key for planned in plan}
        try:
            for _ in range(min(self.count, len(plan))):
                self._hire()
            while left:
                self.cancel.check()
                try:
                    hand, event = self._events.get(timeout=_LOOK_SECONDS)
                except queue.Empty:
                    continue
                self._take(self._desks[hand.name], event, waiting, left)
        finally:
            self._dismiss()

    def _hire(self) -> None:
        hand = self.hire(lambda hand, event: self._events.put((hand, event)))
        self._desks[hand.name] = _Desk(hand)

    def _take(self, desk: _Desk, event: Event, waiting: deque[PlannedSegment], left: set[str]) -> None:
        match event["event"]:
            case "ready":
                self._next(desk, waiting)
            case "frame":
                desk.frames += 1
                self.listeners.frame(1)
            case "note":
                self.listeners.say(str(event["text"]))
            case "segment":
                done = segment_of({name: value for name, value in event.items() if name != "event"})
                left.discard(done.key)
                desk.busy, desk.frames = None, 0
                self.listeners.done(done)
                self._next(desk, waiting)
            case "error":
                desk.failed = str(event["error"])
            case "gone":
                self._lost(desk, str(event["how"]), waiting)

    def _next(self, desk: _Desk, waiting: deque[PlannedSegment]) -> None:
        if waiting:
            desk.busy = waiting.popleft()
            desk.hand.give(desk.busy.key)

    def _lost(self, desk: _Desk, how: str, waiting: deque[PlannedSegment]) -> None:
        del self._desks[desk.hand.name]
        if desk.failed:
            # What went wrong by the rules would go wrong elsewhere, too.
            raise RenderError(desk.failed)
        self.listeners.frame(-desk.frames)
        key = desk.busy.key if desk.busy else ""
        self._losses[key] = self._losses.get(key, 0) + 1
        at = f"frames {desk.busy.first}-{desk.busy.last}" if desk.busy else "its first frame"
        if self._losses[key] >= _MOST_LOSSES:
            raise RenderError(
                f"{_MOST_LOSSES} workers were lost at {at}; the last one {how}. Every finished segment is kept.",
                "Run it again to go on; if memory ran out, use fewer --workers.",
            )
        self.listeners.say(f"Worker {desk.hand.name} {how} at {at}: another does it again.")
        if desk.busy:
            waiting.appendleft(desk.busy)
        self._hire()

    def _dismiss(self) -> None:
        for desk in self._desks.values():
            desk.hand.dismiss()
        while self._desks:
            hand, event = self._events.get()
            if event["event"] == "gone":
                del self._desks[hand.name]
