"""The panel asks for what is ticked, draws what comes, goes to the worst frame, and never waits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from pytestqt.qtbot import QtBot

from app.document import ClipWork, Document, Media, ShotWork
from app.session import Session
from app.view_state import ViewState
from engines.errors import MediaError
from engines.media.open import open_source
from engines.metrics.measures import MEASURES
from engines.metrics.score import FrameScore
from tests.clips import write_clip
from tests.ui.panels import fakes
from ui.panels.measures_panel import MeasuresPanel


@pytest.fixture
def session(tmp_path: Path) -> Session:
    info = open_source(write_clip(tmp_path / "a.mkv", frames=8)).info
    media = Media(info.path, info.fingerprint, info.width, info.height, 8, info.rate)
    return Session(Document((ClipWork("c1", media, (ShotWork(0), ShotWork(5)), True, in_point=2, out_point=4),)))


@pytest.fixture
def panel(qtbot: QtBot, session: Session) -> Iterator[MeasuresPanel]:
    made = MeasuresPanel(session, fakes.bridge(), ViewState())
    fakes.hold(qtbot, made)
    made.resize(330, 520)
    made.show()
    yield made
    made.close_job()


def _tick(panel: MeasuresPanel, *keys: str) -> None:
    for key in MEASURES:
        state = Qt.CheckState.Checked if key in keys else Qt.CheckState.Unchecked
        panel.table.item_of(key).setCheckState(0, state)


def _measured(panel: MeasuresPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel._job.finished):
        panel.run.click()
    qtbot.waitUntil(lambda: panel.run.text() == "Measure")


def test_what_is_ticked_is_measured_from_in_to_out(panel: MeasuresPanel, qtbot: QtBot) -> None:
    _tick(panel, "psnr_y", "blockiness")
    panel.table.setCurrentItem(panel.table.item_of("blockiness"))
    _measured(panel, qtbot)
    assert panel.count.text() == "3 of 3 frames"
    assert panel.table.item_of("psnr_y").text(1) == "∞ dB"
    assert panel.table.item_of("ssim_y").text(1) == ""
    assert panel.table.item_of("blockiness").text(1).endswith("×")
    assert list(panel.plot.full.xData) == [2, 3, 4]
    # An untreated picture is as blocky as its source.
    assert list(panel.plot.full.yData) == list(panel.plot.dashed.yData)


@pytest.mark.parametrize(("chosen", "frames"), [("clip", (0, 7)), ("shot", (5, 7)), ("in_out", (2, 4))])
def test_the_range(panel: MeasuresPanel, session: Session, chosen: str, frames: tuple[int, int]) -> None:
    session.seek(6)
    panel.range.setCurrentIndex(panel.range.findData(chosen))
    assert panel._frames() == frames


def test_the_worst_frame_is_gone_to(panel: MeasuresPanel, session: Session, qtbot: QtBot) -> None:
    _tick(panel, "blockiness")
    _measured(panel, qtbot)
    worst = panel.table.item_of("blockiness")
    session.seek(0)
    panel.table.setCurrentItem(worst)
    panel.table.itemActivated.emit(worst, 3)
    assert str(session.playhead) == worst.text(3)


def test_a_click_in_the_plot_goes_to_its_frame(panel: MeasuresPanel, session: Session, qtbot: QtBot) -> None:
    _tick(panel, "blockiness")
    _measured(panel, qtbot)
    session.seek(0)
    qtbot.waitUntil(lambda: panel.plot.box.viewRect().right() == 4)
    place = panel.plot.mapFromScene(panel.plot.box.mapViewToScene(QPointF(3.1, 1.0)))
    press = QMouseEvent(
        QEvent.Type.MouseButtonPress,
        QPointF(place),
        QPointF(place),
        Qt.MouseButton.LeftButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    panel.plot.mousePressEvent(press)
    assert session.playhead == 3


def test_cancel_keeps_what_was_measured(panel: MeasuresPanel, qtbot: QtBot) -> None:
    _tick(panel, "patches")
    panel.range.setCurrentIndex(panel.range.findData("clip"))
    panel._job.scored.connect(panel._job.cancel)
    _measured(panel, qtbot)
    assert 1 <= len(panel._scores) < 8
    assert "Cancelled" in panel.note.text()
    assert panel.export.isEnabled()


def test_a_file_that_does_not_fit_is_said(panel: MeasuresPanel, session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    said: list[str] = []
    session.notified.connect(lambda notice: said.append(notice.sentence))
    panel.compare_with(str(write_clip(tmp_path / "small.mkv", width=48)))
    assert panel.reference.currentText() == "Against small.mkv"
    with qtbot.waitSignal(panel._job.failed) as caught:
        panel.run.click()
    assert isinstance(caught.args[1], MediaError)
    qtbot.waitUntil(lambda: bool(said))
    assert "48x64" in said[0]
    assert panel.run.text() == "Measure"


def test_nothing_ticked_or_no_clip_says_why(panel: MeasuresPanel, session: Session) -> None:
    _tick(panel)
    assert not panel.run.isEnabled()
    assert "Tick a measure" in panel.run.toolTip()
    session.load(Document(), None)
    assert not panel.run.isEnabled()
    assert panel.run.toolTip() == "No clip is open."
    assert not panel.export.isEnabled()


def test_figures_of_another_treatment_are_said_to_be(panel: MeasuresPanel, session: Session, qtbot: QtBot) -> None:
    _tick(panel, "psnr_y")
    _measured(panel, qtbot)
    (clip,) = session.document.clips
    session.do("Rename", Document((ClipWork(clip.id, clip.media, (ShotWork(0, "A"),), True),)))
    assert "changed since" in panel.note.text()


def test_the_table_is_exported(panel: MeasuresPanel, session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    _tick(panel, "psnr_y")
    assert not panel.export.isEnabled()
    _measured(panel, qtbot)
    with qtbot.waitSignal(panel._job.written):
        panel.export_to(str(tmp_path / "figures.csv"))
    assert (tmp_path / "figures.csv").read_text().splitlines() == ["frame,psnr_y", "2,inf", "3,inf", "4,inf"]


def test_late_figures_of_another_request_are_dropped(panel: MeasuresPanel) -> None:
    panel._job.scored.emit(object(), FrameScore(0, {"psnr_y": 1.0}))
    assert panel._scores == []
