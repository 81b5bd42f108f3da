"""The queue of what is wanted now: order, merging, pruning, cancelling, closing."""

from __future__ import annotations

import threading

import pytest

from engines.cancel import CancelToken
from engines.errors import Cancelled
from engines.scheduler import Job, JobQueue, Urgency


def job(key: str, urgency: Urgency = Urgency.PLAYHEAD, order: float = 0.0) -> Job:
    return Job(key, urgency, lambda token: token.check(), order)


def drained(queue: JobQueue) -> list[object]:
    keys: list[object] = []
    while (running := queue.take(timeout=0)) is not None:
        keys.append(running.job.key)
        queue.finish(running, done=True)
    return keys


def is_cancelled(token: CancelToken) -> bool:
    try:
        token.check()
    except Cancelled:
        return True
    return False


def test_jobs_leave_by_urgency_then_by_order() -> None:
    queue = JobQueue()
    queue.replace("thumbnails", [job("far", Urgency.THUMBNAIL, 9), job("near", Urgency.THUMBNAIL, 1)])
    queue.replace("show", [job("now")])
    assert drained(queue) == ["now", "near", "far"]


def test_replacing_drops_what_nobody_wants_any_more_but_never_the_newest() -> None:
    queue = JobQueue()
    for number in range(90):
        queue.replace("show", [job(f"frame {number}")])
    assert drained(queue) == ["frame 89"]


def test_equal_work_of_two_groups_is_done_once_at_the_greater_urgency() -> None:
    queue = JobQueue()
    queue.replace("ahead", [job("a", Urgency.PREFETCH), job("b", Urgency.PREFETCH)])
    queue.replace("show", [job("b")])
    assert drained(queue) == ["b", "a"]


def test_adding_equal_work_keeps_the_greater_urgency() -> None:
    queue = JobQueue()
    queue.add("x", job("a", Urgency.CURVE))
    queue.add("x", job("a", Urgency.PROBE))
    queue.add("x", job("a", Urgency.CURVE))
    running = queue.take(timeout=0)
    assert running is not None
    assert running.job.urgency == Urgency.PROBE


def test_work_in_hand_is_cancelled_once_nobody_wants_it() -> None:
    queue = JobQueue()
    queue.replace("show", [job("old")])
    running = queue.take(timeout=0)
    assert running is not None
    queue.replace("show", [job("old"), job("more")])
    assert not is_cancelled(running.token)
    queue.replace("show", [job("new")])
    assert is_cancelled(running.token)
    queue.finish(running, done=False)
    assert drained(queue) == ["new"]


def test_something_more_urgent_interrupts_and_the_interrupted_job_waits_again() -> None:
    queue = JobQueue()
    queue.replace("ahead", [job("later", Urgency.PREFETCH)])
    running = queue.take(timeout=0)
    assert running is not None
    queue.replace("show", [job("now")])
    assert is_cancelled(running.token)
    queue.finish(running, done=False)
    assert drained(queue) == ["now", "later"]


def test_equal_urgency_does_not_interrupt() -> None:
    queue = JobQueue()
    queue.replace("a", [job("first", order=5)])
    running = queue.take(timeout=0)
    assert running is not None
    queue.replace("b", [job("second", order=1)])
    assert not is_cancelled(running.token)


@pytest.mark.timeout(10)
def test_closing_wakes_the_worker_and_cancels_what_runs() -> None:
    queue = JobQueue()
    queue.replace("show", [job("a")])
    running = queue.take(timeout=0)
    assert running is not None
    queue.finish(running, done=True)
    ended = threading.Event()

    def work() -> None:
        assert queue.take() is None
        ended.set()

    thread = threading.Thread(target=work)
    thread.start()
    queue.close()
    thread.join(5)
    assert ended.is_set()
    assert queue.take(timeout=0) is None
