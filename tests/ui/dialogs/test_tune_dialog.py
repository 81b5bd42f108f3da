from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app import tuning as tuning_module
from app.data_folder import HOME_VARIABLE
from app.session import Session
from app.tune_job import TuneRequest
from app.tuning import Tuning
from tests.app.jobs_kit import small_document
from ui.dialogs.tune_dialog import TuneDialog

_ROW = {"task": "x2", "degraded": 30.0, "before": 33.0, "after": 33.5, "change": 0.5}
_RESULT = {"event": "result", "name": "mine", "kept": True, "table": [_ROW], "general_db": -0.1}


class _Worker:
    """Stands for the process: says what the test lets it say."""

    def __init__(self, request: TuneRequest, _module: str, tell: Any) -> None:
        self.request, self.tell, self.cancelled = request, tell, False

    def cancel(self) -> None:
        self.cancelled = True

    def kill(self) -> None:
        self.cancelled = True

    def join(self) -> None:
        return


class _Kit:
    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.workers: list[_Worker] = []
        self.session, self.tuning = Session(), Tuning()
        self.session.load(small_document(folder))
        self.dialog = self.open()

    def open(self) -> TuneDialog:
        self.dialog = TuneDialog(self.session, self.tuning)
        self.qtbot.addWidget(self.dialog)
        self.dialog.show()
        return self.dialog

    def make(self, *arguments: Any) -> _Worker:
        self.workers.append(_Worker(*arguments))
        return self.workers[-1]

    def say(self, **event: Any) -> None:
        with self.qtbot.waitSignal(self.tuning.changed):
            self.workers[-1].tell(event)


@pytest.fixture
def kit(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Kit]:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    made = _Kit(qtbot, tmp_path)
    monkeypatch.setattr(tuning_module, "RunningWorker", made.make)
    yield made
    made.tuning.close()


def _cells(dialog: TuneDialog) -> list[str]:
    """The first row."""
    items = [dialog.table.item(0, at) for at in range(dialog.table.columnCount())]
    return [item.text() for item in items if item is not None]


def test_nothing_begins_without_footage(kit: _Kit) -> None:
    assert kit.dialog.form.list.count() == 1
    assert not kit.dialog.start_button.isEnabled()
    assert "footage" in kit.dialog.start_button.toolTip()
    kit.dialog.form.add([Path("/films/clean.mkv")])
    assert kit.dialog.start_button.isEnabled()


def test_a_run_shows_its_way_and_its_table_and_can_be_used(kit: _Kit) -> None:
    dialog = kit.dialog
    dialog.form.add([Path("/films/clean.mkv")])
    dialog.start_button.click()
    assert kit.workers[0].request.data == (Path("/films/clean.mkv"),)
    assert not dialog.form.isEnabled()
    kit.say(event="tuning", step=30, elapsed_s=60.0, total_s=600.0)
    assert "minute 1.0 of 10" in dialog.said.text()
    kit.say(event="figures", minutes=1.2, change_db={"x2": 0.21})
    assert _cells(dialog)[3] == "+0.21"
    assert not dialog.use_button.isEnabled()
    kit.say(**_RESULT)
    assert _cells(dialog) == ["30.00", "33.00", "33.50", "+0.50"]
    assert dialog.form.isEnabled()
    dialog.use_button.click()
    detail = kit.session.document.clips[0].shots[0].stage("detail")
    assert detail is not None
    assert detail.enabled
    assert detail.settings["weights"] == "mine"


def test_a_run_outlives_its_dialog(kit: _Kit) -> None:
    kit.dialog.form.add([Path("/films/clean.mkv")])
    kit.dialog.start_button.click()
    kit.dialog.close_button.click()
    kit.say(event="tuning", step=30, elapsed_s=60.0, total_s=600.0)
    assert "Step 30" in kit.open().said.text()


def test_a_stopped_run_is_offered_to_be_resumed(kit: _Kit) -> None:
    kit.dialog.form.add([Path("/films/clean.mkv")])
    kit.dialog.start_button.click()
    request = kit.workers[0].request
    request.work.mkdir(parents=True)
    (request.work / "request.json").write_text(request.to_json())
    kit.dialog.stop_button.click()
    assert kit.workers[0].cancelled
    kit.say(event="error", error="The job was cancelled.")
    kit.qtbot.waitUntil(lambda: kit.tuning.left == (request,))
    assert kit.dialog.unfinished.isVisible()
    assert kit.tuning.error == ""
    kit.dialog.resume_button.click()
    assert kit.workers[1].request.resume
    kit.say(event="error", error="The disk is full.")
    assert kit.dialog.said.text() == "The disk is full."
    kit.dialog.discard_button.click()
    kit.qtbot.waitUntil(lambda: not request.work.exists())


def test_a_result_that_is_no_better_says_so(kit: _Kit) -> None:
    kit.dialog.form.add([Path("/films/clean.mkv")])
    kit.dialog.start_button.click()
    kit.say(**{**_RESULT, "kept": False})
    assert "the old one stays" in kit.dialog.said.text()
    assert not kit.dialog.use_button.isEnabled()
