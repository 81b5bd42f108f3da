"""What follows a render: packages that were ordered with it, verification, and what a closed program leaves of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from app.export.events import Event
from app.export.job import RenderJob
from app.jobs import aftercare
from app.jobs.aftercare import Aftercare, verified_sentence
from app.jobs.package_worker import PackageRequest
from app.jobs.queue import JobQueue
from app.jobs.values import ExportOrder, JobProgress, JobRecord, PackageOrder, ordered
from app.jobs.verify_worker import VerifyRequest
from engines.errors import SettingError
from tests.app.jobs_kit import order, small_document

PATIENCE = 120_000


class FakeTask(QObject):
    """In place of a process: the test says when it ends, and how."""

    progressed, ended = Signal(str), Signal(str, object)
    made: ClassVar[list[FakeTask]] = []

    def __init__(self, name: str, request: Any, module: str, phase: str, parent: QObject) -> None:
        super().__init__(parent)
        self.name = name
        self.request, self.module, self.progress = request, module, JobProgress(phase)
        self.asked: list[str] = []
        self.made.append(self)

    def cancel(self) -> None:
        self.asked.append("cancel")

    def close(self) -> None:
        self.asked.append("close")

    def finish(self, event: Event) -> None:
        self.ended.emit(self.name, event)


@pytest.fixture(autouse=True)
def tasks(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[FakeTask]]:
    FakeTask.made.clear()
    monkeypatch.setattr(aftercare, "Task", FakeTask)
    yield FakeTask.made
    FakeTask.made.clear()


def told(tmp_path: Path) -> PackageOrder:
    return PackageOrder(tmp_path / "package", "own", Path("/keys/chain.pem"), Path("/keys/key.pem"), 5, tmp_path / "p")


def test_a_package_order_survives_the_disk(tmp_path: Path) -> None:
    for one in (told(tmp_path), PackageOrder(tmp_path / "other")):
        assert PackageOrder.of(one.values()) == one
        record = JobRecord("1", RenderJob(tmp_path / "a", tmp_path / "b"), "a", 1.0, 0, package=one, packaged="passed")
        assert JobRecord.from_json(record.to_json()) == record


def test_records_of_earlier_versions_have_no_package(tmp_path: Path) -> None:
    record = JobRecord("1", RenderJob(tmp_path / "a", tmp_path / "b"), "a", 1.0, 0)
    text = record.to_json().replace('"packaged": "",', "").replace('"package": null,', "")
    assert "package" not in text.replace("package_sentence", "")
    assert JobRecord.from_json(text) == record


def test_an_export_is_packaged_when_it_is_done(tmp_path: Path, qtbot: QtBot, tasks: list[FakeTask]) -> None:
    queue = JobQueue(tmp_path / "jobs")
    with qtbot.waitSignal(queue.loaded, timeout=PATIENCE):
        pass
    job = queue.submit(order(small_document(tmp_path), tmp_path / "a.mkv", package=told(tmp_path)))
    qtbot.waitUntil(lambda: bool(tasks) or queue.record(job).state == "failed", timeout=PATIENCE)
    assert queue.record(job).packaged == "running", queue.record(job).error
    assert tasks[0].request == PackageRequest(tmp_path / "a.mkv", told(tmp_path))
    queue.verify(job, 3)
    assert len(tasks) == 1
    queue.stop_package(job)
    assert tasks[0].asked == ["cancel"]
    tasks[0].finish({"event": "error", "error": "The package exists already."})
    assert (queue.record(job).packaged, queue.record(job).package_sentence) == ("failed", "The package exists already.")
    queue.package(job, told(tmp_path))
    tasks[1].finish({"event": "result", "package": str(tmp_path / "package")})
    assert (queue.record(job).packaged, queue.record(job).package_sentence) == ("passed", str(tmp_path / "package"))
    queue.verify(job, 3)
    assert tasks[2].request == VerifyRequest(tmp_path / "a.mkv", 3)
    queue.close()
    assert tasks[2].asked == ["close"]
    again = JobQueue(tmp_path / "jobs")
    with qtbot.waitSignal(again.loaded, timeout=PATIENCE):
        pass
    assert (again.record(job).verify, again.record(job).packaged) == ("", "passed")
    again.close()


def test_two_things_are_never_done_to_one_master_at_once(tmp_path: Path, tasks: list[FakeTask]) -> None:
    care = Aftercare()
    care.verify("a", tmp_path / "a.mkv", 0)
    assert care.busy("a")
    assert not care.busy("b")
    said: list[tuple[object, ...]] = []
    care.verified.connect(lambda *told: said.append(told))
    tasks[0].finish({"event": "result", "frames": 2, "source_samples_compared": 1234, "rerun": None})
    assert said == [("a", True, "2 frames, 1,234 source samples")]
    assert not care.busy("a")
    assert care.progress("a") is None


def test_what_was_rendered_anew_is_named() -> None:
    event = {"frames": 9, "source_samples_compared": 0, "rerun": {"seed": 7, "frames": [1, 4], "pixels": True}}
    assert verified_sentence(event) == "9 frames, 0 source samples; rendered anew and equal: frames 1, 4 (seed 7)"


def test_an_order_decides_what_its_delivery_leaves_open(tmp_path: Path) -> None:
    job = RenderJob(tmp_path / "a.mkv", tmp_path / "b.mkv", "ffv1")
    base = ExportOrder(small_document(tmp_path), "one", tmp_path / "b.mkv", "ffv1", threads=2)
    assert ordered(job, base) == replace(job, threads=2)
    evidence = ordered(job, replace(base, delivery="evidence"))
    assert (evidence.forensic, evidence.reversible, evidence.delivery) == (True, True, "evidence")
    with pytest.raises(SettingError, match="A review copy with burn-in"):
        ordered(job, replace(base, delivery="review"))
