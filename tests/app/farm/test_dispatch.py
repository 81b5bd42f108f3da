from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

import pytest

from app.export.events import Event
from app.export.journal import DoneSegment
from app.export.segments import PlannedSegment
from app.farm.dispatch import Dispatch, Listeners
from app.farm.hand import Hand, Tell
from engines.cancel import CancelToken
from engines.errors import Cancelled, RenderError

PLAN = [PlannedSegment(start, start + 3, f"key{start}") for start in range(0, 40, 4)]
Answer = Callable[["Scripted", str], list[Event]]


class Scripted:
    """A hand that answers at once, as its script says."""

    def __init__(self, name: str, tell: Tell, answer: Answer) -> None:
        self.name, self._tell, self._answer = name, tell, answer
        self.gone = False
        tell(self, {"event": "ready"})

    def give(self, key: str) -> None:
        for event in self._answer(self, key):
            self.gone = self.gone or event["event"] == "gone"
            self._tell(self, event)

    def dismiss(self) -> None:
        if not self.gone:
            self._tell(self, {"event": "gone", "how": "ended with code 0"})


class Render:
    """A dispatch with scripted hands, and what it told."""

    def __init__(self, answer: Answer, count: int = 2, cancel: CancelToken | None = None) -> None:
        self.hired: list[Scripted] = []
        self.done: list[str] = []
        self.frames = 0
        self.said: list[str] = []

        def hire(tell: Tell) -> Hand:
            self.hired.append(Scripted(str(len(self.hired) + 1), tell, answer))
            return self.hired[-1]

        listeners = Listeners(lambda segment: self.done.append(segment.key), self._frame, self.said.append)
        self.dispatch = Dispatch(hire, count, listeners, cancel or CancelToken())

    def _frame(self, count: int) -> None:
        self.frames += count


def whole(key: str) -> list[Event]:
    first = int(key.removeprefix("key"))
    segment = DoneSegment(key, first, 4, "p", "d", "t", "d", ("h",) * 4, ("h",) * 4, 0, ((1, 0, 0, 0, 0),) * 4)
    return [*[{"event": "frame"}] * 4, {"event": "segment", **asdict(segment)}]


def test_every_segment_is_done_once() -> None:
    render = Render(lambda hand, key: whole(key))
    render.dispatch.run(PLAN)
    assert sorted(render.done) == sorted(planned.key for planned in PLAN)
    assert (render.frames, len(render.hired)) == (40, 2)


def test_no_more_workers_than_segments() -> None:
    render = Render(lambda hand, key: whole(key), count=8)
    render.dispatch.run(PLAN[:3])
    assert len(render.hired) == 3


def test_what_a_lost_worker_held_is_given_again_and_its_frames_do_not_count() -> None:
    lost: list[str] = []

    def answer(hand: Scripted, key: str) -> list[Event]:
        if key == "key8" and not lost:
            lost.append(hand.name)
            return [{"event": "frame"}, {"event": "gone", "how": "was killed by signal 9"}]
        return whole(key)

    render = Render(answer)
    render.dispatch.run(PLAN)
    assert sorted(render.done) == sorted(planned.key for planned in PLAN)
    assert (render.frames, len(render.hired)) == (40, 3)
    assert render.said == [f"Worker {lost[0]} was killed by signal 9 at frames 8-11: another does it again."]


def test_a_segment_that_ends_every_worker_ends_the_render() -> None:
    def answer(hand: Scripted, key: str) -> list[Event]:
        return [{"event": "gone", "how": "was killed by signal 9"}] if key == "key8" else whole(key)

    render = Render(answer)
    with pytest.raises(RenderError, match="3 workers were lost at frames 8-11"):
        render.dispatch.run(PLAN)
    assert "key8" not in render.done


def test_a_workers_own_sentence_is_the_renders() -> None:
    def answer(hand: Scripted, key: str) -> list[Event]:
        return [{"event": "error", "error": "The disk is full."}, {"event": "gone", "how": "ended with code 1"}]

    render = Render(answer)
    with pytest.raises(RenderError, match=r"^The disk is full\.$"):
        render.dispatch.run(PLAN)
    assert not render.done


def test_cancelled_between_segments() -> None:
    cancel = CancelToken()

    def answer(hand: Scripted, key: str) -> list[Event]:
        cancel.cancel()
        return whole(key)

    render = Render(answer, cancel=cancel)
    with pytest.raises(Cancelled):
        render.dispatch.run(PLAN)
    assert len(render.done) < len(PLAN)
