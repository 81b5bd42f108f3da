"""The jobs panel and the status bar follow the queue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from PySide6.QtCore import QUrl
from pytestqt.qtbot import QtBot

from app.jobs.queue import JobQueue
from app.jobs.values import JobProgress
from tests.app.jobs_kit import detailed, order, small_document
from ui.panels.job_row import JobRow
from ui.panels.job_status import JobStatus
from ui.panels.jobs_panel import JobsPanel

PATIENCE = 120_000


@pytest.fixture
def queue(tmp_path: Path, qtbot: QtBot) -> Iterator[JobQueue]:
    found = JobQueue(tmp_path / "jobs")
    with qtbot.waitSignal(found.loaded, timeout=PATIENCE):
        pass
    yield found
    found.close()


@pytest.fixture
def panel(queue: JobQueue, qtbot: QtBot) -> JobsPanel:
    found = JobsPanel(queue)
    qtbot.addWidget(found)
    found.resize(340, 500)
    found.show()
    return found


def shown(row: JobRow) -> set[str]:
    return {verb for verb, button in row.buttons.items() if not button.isHidden()}


class Opener:
    """Stands for the system's programs; has none for reports."""

    paths: ClassVar[list[Path]] = []

    @classmethod
    def openUrl(cls, url: QUrl) -> bool:  # noqa: N802 - Qt's name
        cls.paths.append(Path(url.toLocalFile()))
        return cls.paths[-1].suffix != ".html"


def test_an_export_from_waiting_to_its_report(
    tmp_path: Path, qtbot: QtBot, queue: JobQueue, panel: JobsPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = queue.submit(order(small_document(tmp_path), tmp_path / "a.mkv"))
    row = panel.rows[job]
    assert shown(row) == {"cancel"}
    qtbot.waitUntil(lambda: queue.record(job).state in ("done", "failed"), timeout=PATIENCE)
    assert row.state.line.text == "done"
    assert "12 frames in" in row.detail.text()
    assert shown(row) == {"verify", "about", "report", "package", "reveal", "remove"}
    monkeypatch.setattr("ui.panels.jobs_panel.QDesktopServices", Opener)
    with qtbot.waitSignal(panel.refused) as said:
        row.buttons["report"].click()
    row.buttons["reveal"].click()
    assert Opener.paths == [tmp_path / "a.mkv.report.html", tmp_path]
    assert said.args is not None
    assert "no program" in said.args[0]
    row.buttons["remove"].click()
    assert panel.rows == {}
    assert (tmp_path / "a.mkv").exists()


def test_a_running_export_shows_its_figures_and_asks_before_it_is_cancelled(
    tmp_path: Path, qtbot: QtBot, queue: JobQueue, panel: JobsPanel
) -> None:
    status = JobStatus(queue)
    qtbot.addWidget(status)
    status.show()
    assert not status.bar.isVisible()
    document = detailed(small_document(tmp_path, frames=150, width=80, height=56))
    job, waiting = (queue.submit(order(document, tmp_path / f"{name}.mkv")) for name in "ab")
    qtbot.waitUntil(lambda: queue.progress(job).n >= 2, timeout=PATIENCE)
    row = panel.rows[job]
    assert shown(row) == {"pause", "cancel"}
    assert "/150" in row.detail.text()
    assert "fps" in row.detail.text()
    assert "/150" in status.text.text()
    assert "1 waiting" in status.text.text()
    assert shown(panel.rows[waiting]) == {"up", "pause", "cancel"}
    row.buttons["cancel"].click()
    assert row.question.isVisible()
    row.question.stay.click()
    assert queue.record(job).state == "running"
    row.buttons["cancel"].click()
    row.question.drop.click()
    qtbot.waitUntil(lambda: job not in panel.rows, timeout=PATIENCE)
    panel.rows[waiting].buttons["cancel"].click()
    panel.rows[waiting].question.keep.click()


def test_a_failure_is_said_in_the_row_and_can_be_tried_again(
    tmp_path: Path, qtbot: QtBot, queue: JobQueue, panel: JobsPanel
) -> None:
    (tmp_path / "a.mkv").write_bytes(b"mine")
    job = queue.submit(order(small_document(tmp_path), tmp_path / "a.mkv"))
    qtbot.waitUntil(lambda: queue.record(job).state == "failed", timeout=PATIENCE)
    assert "exists already" in panel.rows[job].error.text()
    assert shown(panel.rows[job]) == {"retry", "cancel"}


def test_interrupted_exports_are_offered_together(
    tmp_path: Path, qtbot: QtBot, queue: JobQueue, panel: JobsPanel
) -> None:
    job = queue.submit(order(small_document(tmp_path), tmp_path / "a.mkv"))
    queue.pause(job)
    qtbot.waitUntil(lambda: queue.record(job).state in ("queued", "running", "done"), timeout=PATIENCE)
    qtbot.waitUntil(lambda: queue.record(job).state == "done", timeout=PATIENCE)
    assert not panel.resume_all.isVisible()
    queue.close()
    record = replace(queue.record(job), state="running", id="2-b", job=replace(queue.record(job).job, force=True))
    folder = tmp_path / "jobs" / record.id
    folder.mkdir()
    (folder / "job.json").write_text(record.to_json())
    again = JobQueue(tmp_path / "jobs")
    second = JobsPanel(again)
    qtbot.addWidget(second)
    second.show()
    qtbot.waitUntil(second.resume_all.isVisible, timeout=PATIENCE)
    assert "Interrupted exports: 1." in second.offer_text.text()
    second.resume_all.click()
    qtbot.waitUntil(lambda: again.record("2-b").state == "done", timeout=PATIENCE)
    again.close()


def test_progress_says_nothing_it_does_not_know() -> None:
    from ui.panels.job_words import figures

    assert figures(JobProgress()) == []
    assert figures(JobProgress("render", 302, 480, 4.13, 43.2)) == ["63 %", "302/480", "4.1 fps", "43 s left"]
    assert figures(JobProgress("render", 480, 480, 312.4, 0.0)) == ["100 %", "480/480", "312 fps"]
