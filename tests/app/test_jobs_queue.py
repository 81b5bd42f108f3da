"""The export queue: order, pause, cancel, crashes of the worker and of the program."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot

from app.export.paths import master_paths
from app.jobs.queue import JobQueue
from app.jobs.values import JobRecord
from engines.errors import RenderError
from tests.app.jobs_kit import detailed, order, small_document

PATIENCE = 120_000
SPAN = (20, 37)
"""Across the border between two segments, so that the first is finished soon."""
Opened = Callable[[], JobQueue]


@pytest.fixture
def open_queue(tmp_path: Path, qtbot: QtBot) -> Iterator[Opened]:
    """Opens the queue of one data folder, as often as wanted."""
    queues: list[JobQueue] = []

    def opened() -> JobQueue:
        queue = JobQueue(tmp_path / "jobs")
        queues.append(queue)
        with qtbot.waitSignal(queue.loaded, timeout=PATIENCE):
            pass
        return queue

    yield opened
    for queue in queues:
        queue.close()


def until(qtbot: QtBot, queue: JobQueue, job_id: str, *states: str) -> JobRecord:
    """Wait for one of `states`."""
    qtbot.waitUntil(lambda: queue.record(job_id).state in states, timeout=PATIENCE)
    return queue.record(job_id)


def rendering(qtbot: QtBot, queue: JobQueue, job_id: str, frames: int = 1) -> None:
    """Wait until some frames of the job are rendered."""
    qtbot.waitUntil(lambda: queue.progress(job_id).n >= frames, timeout=PATIENCE)
    assert queue.progress(job_id).phase == "render"


def test_two_jobs_run_one_after_the_other_and_are_whole(tmp_path: Path, qtbot: QtBot, open_queue: Opened) -> None:
    queue = open_queue()
    document = small_document(tmp_path, masked=2)
    first = queue.submit(order(document, tmp_path / "a.mkv"))
    second = queue.submit(order(document, tmp_path / "b.mkv", frames=(2, 5)))
    until(qtbot, queue, first, "running")
    qtbot.waitUntil(lambda: queue.record(second).state == "queued", timeout=PATIENCE)
    assert until(qtbot, queue, first, "done", "failed").error == ""
    done = until(qtbot, queue, second, "done", "failed")
    assert done.error == ""
    assert done.result["frames"] == 4
    assert done.seconds > 0
    queue.verify(second)
    qtbot.waitUntil(lambda: queue.record(second).verify in ("passed", "failed"), timeout=PATIENCE)
    assert queue.record(second).verify == "passed", queue.record(second).verify_sentence
    assert "4 frames" in queue.record(second).verify_sentence


def test_an_export_that_would_collide_is_refused(tmp_path: Path, open_queue: Opened) -> None:
    queue = open_queue()
    document = small_document(tmp_path)
    queue.submit(order(document, tmp_path / "a.mkv"))
    with pytest.raises(RenderError, match=r"writes to a\.mkv already"):
        queue.submit(order(document, tmp_path / "a.mkv"))


def test_the_workers_own_sentence_is_the_error(tmp_path: Path, qtbot: QtBot, open_queue: Opened) -> None:
    queue = open_queue()
    document = small_document(tmp_path)
    (tmp_path / "a.mkv").write_bytes(b"mine")
    job = queue.submit(order(document, tmp_path / "a.mkv"))
    failed = until(qtbot, queue, job, "done", "failed")
    assert failed.state == "failed"
    assert "exists already" in failed.error
    assert (tmp_path / "a.mkv").read_bytes() == b"mine"
    (tmp_path / "a.mkv").unlink()
    queue.resume(job)
    assert until(qtbot, queue, job, "done", "failed").state == "done"


def test_pause_keeps_finished_segments_and_resume_goes_on(tmp_path: Path, qtbot: QtBot, open_queue: Opened) -> None:
    queue = open_queue()
    document = detailed(small_document(tmp_path, frames=38, width=80, height=56))
    job = queue.submit(order(document, tmp_path / "a.mkv", frames=SPAN))
    rendering(qtbot, queue, job, frames=5)
    queue.pause(job)
    assert queue.record(job).state == "stopping"
    assert until(qtbot, queue, job, "paused", "done").state == "paused"
    assert (master_paths(tmp_path / "a.mkv").parts / "journal.jsonl").exists()
    queue.resume(job)
    done = until(qtbot, queue, job, "done", "failed")
    assert done.result["segments"]["reused"] >= 1
    assert done.result["frames"] == 18


def test_cancel_removes_the_parts_when_told(tmp_path: Path, qtbot: QtBot, open_queue: Opened) -> None:
    queue = open_queue()
    document = detailed(small_document(tmp_path, frames=38, width=80, height=56))
    job = queue.submit(order(document, tmp_path / "a.mkv", frames=SPAN))
    rendering(qtbot, queue, job, frames=5)
    queue.cancel(job, keep_parts=False)
    qtbot.waitUntil(lambda: not queue.records(), timeout=PATIENCE)
    queue.close()
    assert {p.name for p in tmp_path.iterdir()} == {"reel.mkv", "jobs"}
    assert list((tmp_path / "jobs").iterdir()) == []


def test_a_killed_worker_is_an_error_and_resume_completes(tmp_path: Path, qtbot: QtBot, open_queue: Opened) -> None:
    queue = open_queue()
    document = detailed(small_document(tmp_path, frames=38, width=80, height=56))
    job = queue.submit(order(document, tmp_path / "a.mkv", frames=SPAN))
    rendering(qtbot, queue, job, frames=5)
    pid = queue.worker_pid(job)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    failed = until(qtbot, queue, job, "done", "failed")
    assert failed.state == "failed"
    assert "killed by signal 9" in failed.error
    queue.resume(job)
    assert until(qtbot, queue, job, "done", "failed").result["segments"]["reused"] >= 1


def test_jobs_cut_off_by_the_end_of_the_program_are_offered(tmp_path: Path, qtbot: QtBot, open_queue: Opened) -> None:
    queue = open_queue()
    document = detailed(small_document(tmp_path, frames=38, width=80, height=56, masked=1))
    job = queue.submit(order(document, tmp_path / "a.mkv"))
    waiting = queue.submit(order(document, tmp_path / "b.mkv", frames=(0, 3)))
    rendering(qtbot, queue, job)
    queue.close()
    again = open_queue()
    assert [record.id for record in again.interrupted()] == [job, waiting]
    assert again.record(job).seconds > 0
    again.move(waiting, -1)
    again.resume(waiting)
    assert until(qtbot, again, waiting, "done", "failed").error == ""
    again.remove(waiting)
    assert [record.id for record in again.records()] == [job]


def test_a_second_program_leaves_held_jobs_alone(tmp_path: Path, qtbot: QtBot, open_queue: Opened) -> None:
    queue = open_queue()
    job = queue.submit(order(small_document(tmp_path), tmp_path / "a.mkv"))
    until(qtbot, queue, job, "queued", "running")
    assert open_queue().records() == ()


_PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from app.jobs.queue import JobQueue
from tests.app.jobs_kit import detailed, order, small_document
app = QCoreApplication([])
folder = Path(sys.argv[1])
queue = JobQueue(folder / "jobs")
def ordered():
    document = detailed(small_document(folder, frames=38, width=80, height=56))
    queue.submit(order(document, folder / "a.mkv", frames=(20, 37)))
def tell(job):
    print(queue.worker_pid(job), queue.progress(job).n, flush=True)
queue.loaded.connect(ordered)
queue.progressed.connect(tell)
app.exec()
"""


def test_the_render_of_a_killed_program_stops_and_can_go_on(tmp_path: Path, qtbot: QtBot, open_queue: Opened) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert program.stdout is not None
    pid = next(int(line.split()[0]) for line in program.stdout if int(line.split()[1]) >= 5)
    program.kill()
    program.wait()
    program.stdout.close()
    psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=120)
    assert not psutil.pid_exists(pid)
    queue = open_queue()
    (found,) = queue.interrupted()
    queue.resume(found.id)
    done = until(qtbot, queue, found.id, "done", "failed")
    assert done.error == ""
    assert done.result["segments"]["reused"] >= 1


def test_a_record_of_another_version_is_said_and_left_there(tmp_path: Path, qtbot: QtBot) -> None:
    broken = tmp_path / "jobs" / "1-a" / "job.json"
    broken.parent.mkdir(parents=True)
    broken.write_text(json.dumps({"version": 99}))
    queue = JobQueue(tmp_path / "jobs")
    with qtbot.waitSignals([queue.troubled, queue.loaded], timeout=PATIENCE):
        pass
    assert queue.records() == ()
    assert broken.exists()
    queue.close()
