"""The export dialog: what it offers, refuses and orders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import cast

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.commands import add_stage, set_case, set_enabled
from app.export.case import CaseFacts
from app.export.deliveries import DELIVERIES
from app.jobs import destination
from app.jobs.destination import Destination, look_at
from app.jobs.estimator import Estimator
from app.jobs.preset_facts import OFFERED
from app.jobs.queue import JobQueue
from app.jobs.values import Cost, Estimate, ExportOrder, Span, cost_of
from app.render_bridge import RenderBridge
from app.session import Session
from engines.media.open import open_source
from engines.media.source import ClipInfo
from tests.app.jobs_kit import small_document
from ui.dialogs.export_dialog import ExportDialog
from ui.dialogs.export_words import duration, duration_span, energy_line, estimate_line, money_line, size_span

PATIENCE = 120_000


class InfoOnly(QObject):
    """The one thing that the dialog asks of the bridge."""

    clip_info_ready = Signal(str)

    def __init__(self, info: ClipInfo | None) -> None:
        super().__init__()
        self.info = info

    def clip_info(self, _clip_id: str) -> ClipInfo | None:
        return self.info


class Opened:
    """A dialog over a small clip; nothing is measured unless `started` is let through."""

    def __init__(self, folder: Path, qtbot: QtBot, known: bool = True, stage: str = "") -> None:
        document = small_document(folder, width=98, height=64)
        if stage:
            document = add_stage(document, document.clips[0].id, stage)
        clip = replace(document.clips[0], in_point=2, out_point=7)
        self.session = Session(document.with_clip(clip))
        self.session.set_clip(clip.id)
        with_info = open_source(clip.media.path)
        self.info = with_info.info
        with_info.close()
        self.bridge = InfoOnly(self.info if known else None)
        self.queue = JobQueue(folder / "jobs")
        with qtbot.waitSignal(self.queue.loaded, timeout=PATIENCE):
            pass
        self.dialog = ExportDialog(self.session, cast(RenderBridge, self.bridge), self.queue)
        qtbot.addWidget(self.dialog)
        self.dialog.show()

    def close(self) -> None:
        self.dialog.reject()
        self.queue.close()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[ExportOrder]:
    """What would have been measured."""
    orders: list[ExportOrder] = []
    monkeypatch.setattr(Estimator, "start", lambda _self, order: orders.append(order))
    return orders


@pytest.fixture
def opened(
    tmp_path: Path, qtbot: QtBot, started: list[ExportOrder], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Opened]:
    monkeypatch.setenv("TRATTEGGIO_HOME", str(tmp_path / "home"))
    found = Opened(tmp_path, qtbot)
    yield found
    found.close()


def _able(qtbot: QtBot, opened: Opened, on: bool = True) -> None:
    dialog = opened.dialog
    qtbot.waitUntil(
        lambda: "Looking" not in dialog.why.text() and dialog.export_button.isEnabled() == on, timeout=PATIENCE
    )


def test_it_proposes_a_master_beside_the_clip_of_the_marked_range(
    tmp_path: Path, qtbot: QtBot, opened: Opened, started: list[ExportOrder]
) -> None:
    _able(qtbot, opened)
    order = opened.dialog.order()
    assert order.out == tmp_path / "reel_restored.mkv"
    assert (order.preset, order.frames, order.force) == ("ffv1", (2, 7), False)
    qtbot.waitUntil(lambda: len(started) == 1, timeout=PATIENCE)
    opened.dialog.form.ranges.button(0).click()
    assert opened.dialog.order().frames == (0, 11)
    qtbot.waitUntil(lambda: [o.frames for o in started] == [(2, 7), (0, 11)], timeout=PATIENCE)


def test_every_format_gets_a_name_it_accepts_and_a_line_on_what_it_keeps(tmp_path: Path, opened: Opened) -> None:
    form = opened.dialog.form
    names = {}
    for index in range(form.format.count()):
        form.format.setCurrentIndex(index)
        names[opened.dialog.order().preset] = opened.dialog.order().out.name
        assert form.note.text()
    assert names["prores_hq"] == "reel_restored.mov"
    assert names["dpx"] == "reel_restored_dpx"
    assert names["hevc"] == "reel_restored.mp4"
    form.format.setCurrentIndex(0)
    assert opened.dialog.order().out == tmp_path / "reel_restored.mkv"


def test_what_stands_there_is_replaced_only_when_ticked(tmp_path: Path, qtbot: QtBot, opened: Opened) -> None:
    (tmp_path / "mine.mkv").write_bytes(b"mine")
    form = opened.dialog.form
    form.out.clear()
    QTest.keyClicks(form.out, str(tmp_path / "mine.mkv"))
    qtbot.waitUntil(lambda: "mine.mkv exists" in opened.dialog.why.text(), timeout=PATIENCE)
    assert not opened.dialog.export_button.isEnabled()
    assert "mine.mkv exists" in opened.dialog.export_button.toolTip()
    form.replace.click()
    _able(qtbot, opened)
    assert opened.dialog.order().force
    QTest.keyClicks(form.out, "x")
    assert not opened.dialog.order().force


@pytest.mark.parametrize(("name", "sentence"), [("none/a.mkv", "does not exist"), ("reel.mkv", "its own source")])
def test_places_that_cannot_be_written_are_refused(
    tmp_path: Path, qtbot: QtBot, opened: Opened, name: str, sentence: str
) -> None:
    opened.dialog.form.out.clear()
    QTest.keyClicks(opened.dialog.form.out, str(tmp_path / name))
    qtbot.waitUntil(lambda: sentence in opened.dialog.why.text(), timeout=PATIENCE)
    assert not opened.dialog.export_button.isEnabled()


def test_a_format_that_cannot_hold_the_clip_says_why(opened: Opened) -> None:
    form = opened.dialog.form
    form.format.setCurrentIndex(form.format.findData("dnxhr_hqx"))
    assert "at least 256x120" in opened.dialog.why.text()
    assert "at least 256x120" in form.note.text()
    assert not opened.dialog.export_button.isEnabled()


def test_the_formats_come_once_the_clip_is_known(
    tmp_path: Path, qtbot: QtBot, started: list[ExportOrder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRATTEGGIO_HOME", str(tmp_path / "home"))
    opened = Opened(tmp_path, qtbot, known=False)
    assert opened.dialog.form.format.count() == 0
    opened.bridge.info = opened.info
    opened.bridge.clip_info_ready.emit("one")
    assert opened.dialog.form.format.count() == len(OFFERED)
    opened.close()


def test_an_estimate_is_shown_and_a_lack_of_room_refused(qtbot: QtBot, opened: Opened) -> None:
    _able(qtbot, opened)
    answer = Estimate(Span(730, 800, 950), Span(3.1e9, 3.2e9, 3.4e9), 6.9e9, 2 * 10**9, 480, 7, progress=0.4)
    opened.dialog._on_estimated(answer)
    assert opened.dialog.forecast.time.text() == "12 to 16 min"
    assert opened.dialog.forecast.bytes.text() == "3.1 to 3.4 GB"
    assert opened.dialog.forecast.bar.isVisible()
    opened.dialog._on_estimated(replace(answer, size=Span(1e18, 1e18, 1e18), final=True))
    assert "the master takes more" in opened.dialog.why.text()
    assert not opened.dialog.forecast.bar.isVisible()
    assert not opened.dialog.export_button.isEnabled()


def test_export_queues_the_job_and_closes(qtbot: QtBot, opened: Opened) -> None:
    _able(qtbot, opened)
    with qtbot.waitSignal(opened.dialog.queued, timeout=PATIENCE) as said:
        opened.dialog.export_button.click()
    assert said.args is not None
    assert not opened.dialog.isVisible()
    qtbot.waitUntil(lambda: opened.queue.record(said.args[0]).state in ("done", "failed"), timeout=PATIENCE)
    record = opened.queue.record(said.args[0])
    assert (record.error, record.result["frames"]) == ("", 6)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """A disk that answers only once this is set: every look at it waits."""
    answers = Event()

    def slow(out: Path, source: Path) -> Destination:
        assert answers.wait(PATIENCE / 1000)
        return look_at(out, source)

    monkeypatch.setattr(destination, "look_at", slow)
    yield answers
    answers.set()


def test_return_pressed_before_the_disk_has_answered_is_not_lost(
    tmp_path: Path, qtbot: QtBot, disk: Event, opened: Opened
) -> None:
    """Whoever types a name and presses Return at once means that name, however slow the disk or the machine is."""
    form = opened.dialog.form
    form.out.selectAll()
    QTest.keyClicks(form.out, str(tmp_path / "typed.mkv"))
    QTest.keyClick(form.out, Qt.Key.Key_Return)
    assert opened.dialog.isVisible()
    assert "then the export starts" in opened.dialog.why.text()
    with qtbot.waitSignal(opened.dialog.queued, timeout=PATIENCE) as said:
        disk.set()
    assert said.args is not None
    assert Path(opened.queue.record(said.args[0]).job.out) == tmp_path / "typed.mkv"


def test_what_is_pressed_too_soon_is_not_done_to_something_else(
    tmp_path: Path, qtbot: QtBot, disk: Event, opened: Opened
) -> None:
    """Not where another name was typed since, nor where something stands there already, nor after Cancel."""
    (tmp_path / "mine.mkv").write_bytes(b"mine")
    form, dialog = opened.dialog.form, opened.dialog
    dialog.export_button.click()
    form.out.selectAll()
    QTest.keyClicks(form.out, str(tmp_path / "mine.mkv"))
    assert "then the export starts" not in dialog.why.text()
    dialog.export_button.click()
    assert "then the export starts" in dialog.why.text()
    disk.set()
    qtbot.waitUntil(lambda: "mine.mkv exists" in dialog.why.text(), timeout=PATIENCE)
    disk.clear()
    QTest.keyClicks(form.out, "x")
    dialog.export_button.click()
    disk.set()
    dialog.cancel_button.click()
    qtbot.wait(50)
    assert not opened.queue.records()


def test_every_control_has_a_name_and_says_what_it_does(opened: Opened) -> None:
    form, forecast = opened.dialog.form, opened.dialog.forecast
    controls = [form.format, form.out, form.browse, form.replace, forecast.button, opened.dialog.export_button]
    for control in (*controls, *form.ranges.buttons(), opened.dialog.cancel_button):
        assert control.accessibleName()
        assert control.toolTip()


def test_figures_are_said_with_one_unit() -> None:
    assert duration_span(Span(40, 50, 55)) == "40 to 55 s"
    assert duration_span(Span(3.0 * 3600, 0, 4.04 * 3600)) == "3.0 to 4.0 h"
    assert duration_span(Span(719, 720, 721)) == "about 12 min"
    assert duration(200_000) == "2.3 d"
    assert size_span(Span(500e6, 0, 1.2e9)) == "0.5 to 1.2 GB"
    estimate = Estimate(Span(720, 800, 960), Span(3.1e9, 3.2e9, 3.4e9), 0, 0, 1, 1)
    assert estimate_line(estimate, 120 * 10**9) == "12 to 16 min, 3.1 to 3.4 GB; 120 GB free"
    assert money_line(Cost(None, None), "€") == energy_line(Cost(None, None)) == ""
    hour = cost_of(Span(3600, 3600, 7200), 250, 2)
    assert money_line(hour, "€") == "2.00 to 4.00 €"
    assert energy_line(hour) == "250 to 500 Wh"


def test_hdr_formats_of_an_sdr_clip_say_which_stage_is_missing(opened: Opened) -> None:
    form = opened.dialog.form
    told = {}
    for index in range(form.format.count()):
        form.format.setCurrentIndex(index)
        told[form.format.currentData()] = form.note.text()
    assert told["hevc_hdr10"] == (
        "HEVC HDR10 in MP4 needs PQ, and this is SDR. Add the stage HDR to the clip: it makes PQ of SDR."
    )
    assert "set its transfer to hlg" in told["hevc_hlg"]
    assert "MaxCLL" not in told["ffv1"]
    form.format.setCurrentIndex(form.format.findData("hevc_hdr10"))
    assert "Add the stage HDR" in opened.dialog.blocker()


def test_an_hdr_master_says_what_it_will_say_of_itself(
    tmp_path: Path, qtbot: QtBot, started: list[ExportOrder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRATTEGGIO_HOME", str(tmp_path / "home"))
    opened = Opened(tmp_path, qtbot, stage="hdr")
    form = opened.dialog.form
    try:
        form.format.setCurrentIndex(form.format.findData("hevc_hdr10"))
        assert "mastering display P3-D65, 0.005 to 1000 cd/m²" in form.note.text()
        assert "MaxCLL and MaxFALL are measured" in form.note.text()
        assert opened.dialog.blocker() == ""
        form.format.setCurrentIndex(form.format.findData("h264"))
        assert "PQ needs 10 bits" in opened.dialog.blocker()
        assert "add the stage SDR" in opened.dialog.blocker()
        form.format.setCurrentIndex(form.format.findData("hevc_hlg"))
        assert "set its transfer to hlg" in opened.dialog.blocker()
    finally:
        opened.close()


def _deliver(opened: Opened, name: str) -> None:
    kinds = opened.dialog.form.delivery.kinds
    kinds.setCurrentIndex(kinds.findData(name))


def test_a_delivery_decides_format_and_extras_and_says_what_it_keeps(
    tmp_path: Path, qtbot: QtBot, opened: Opened
) -> None:
    form = opened.dialog.form
    assert not form.delivery.note.isVisible()
    for name, delivery in DELIVERIES.items():
        _deliver(opened, name)
        assert form.delivery.note.text() == delivery.sentence
        assert [form.format.itemData(place) for place in range(form.format.count())] == list(delivery.presets)
        order = opened.dialog.order()
        assert order.delivery == name
        assert order.preset in delivery.presets
        assert order.reversible == delivery.reversible
        assert (order.package is not None) == delivery.package
        assert not form.extras.reversible.isEnabled()
    _deliver(opened, "access")
    assert opened.dialog.order().out == tmp_path / "reel_restored.mp4"
    _deliver(opened, "")
    assert form.format.count() == len(OFFERED)
    assert form.extras.reversible.isEnabled()
    assert opened.dialog.order().delivery == ""


def test_a_package_lies_beside_the_master_and_must_not_be_there_yet(
    tmp_path: Path, qtbot: QtBot, opened: Opened
) -> None:
    extras = opened.dialog.form.extras
    assert not extras.package_form.isVisible()
    extras.package.click()
    assert extras.package_form.isVisible()
    package = opened.dialog.order().package
    assert package is not None
    assert package.folder == tmp_path / "reel_restored_package"
    assert package.signer == "test"
    _able(qtbot, opened)
    package.folder.mkdir()
    extras.package_form.rerun.setValue(5)
    _able(qtbot, opened, on=False)
    assert f"{package.folder} exists already." in opened.dialog.why.text()
    extras.package.click()
    _able(qtbot, opened)
    assert opened.dialog.order().package is None


def test_a_forensic_delivery_is_refused_where_the_clip_is_treated_otherwise(opened: Opened, qtbot: QtBot) -> None:
    """Stage inpaint, as every clip has it, may fill what no frame holds."""
    _deliver(opened, "evidence")
    assert "This delivery is forensic" in opened.dialog.form.extras.forensic.line.text
    assert opened.dialog.blocker().startswith("A forensic delivery refuses this. ")
    assert opened.dialog.blocker().endswith("it says how to put that right.")
    assert not opened.dialog.export_button.isEnabled()
    opened.dialog.reject()
    session = opened.session
    session.do("Off", set_enabled(session.document, session.clip_id, 0, "inpaint", False))
    again = ExportDialog(session, cast(RenderBridge, opened.bridge), opened.queue)
    qtbot.addWidget(again)
    again.show()
    again.form.delivery.kinds.setCurrentIndex(again.form.delivery.kinds.findData("evidence"))
    assert "refuses" not in again.blocker()
    again.reject()


def test_what_is_said_of_the_case_is_shown_and_follows_the_project(opened: Opened) -> None:
    extras = opened.dialog.form.extras
    assert extras.case.text() == "Said of it: nothing yet"
    told = CaseFacts(case="2026-114", examiner="A. Conti")
    opened.session.do("Case", set_case(opened.session.document, told))
    assert extras.case.text() == "Said of it: case 2026-114, examiner A. Conti"
    assert opened.dialog.order().document.case == told
