"""Rows of colours, curves and files: what they send, show and refuse, and that a gesture is one step."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.commands import add_stage, set_setting
from app.session import Session
from app.view_state import ViewState
from tests.ui.panels import fakes
from ui import theme
from ui.panels.setting_colour import ColourRow
from ui.panels.setting_curve import CurveRow
from ui.panels.setting_file import FileRow
from ui.panels.stages_panel import StagesPanel


def opened(qtbot: QtBot, stage: str, **settings: str) -> tuple[StagesPanel, Session]:
    theme.reduce_motion(True)
    document = add_stage(fakes.session().document, "c1", stage)
    for key, text in settings.items():
        document = set_setting(document, "c1", 0, stage, key, text)
    session = Session(document)
    made = StagesPanel(session, fakes.bridge(), ViewState())
    fakes.hold(qtbot, made)
    made.resize(344, 1400)
    made.show()
    made.card(stage).set_folded(False)
    return made, session


def setting(session: Session, stage: str, key: str) -> str | None:
    use = session.document.clip("c1").shots[0].stage(stage)
    assert use is not None
    return use.settings.get(key)


def table(folder: Path, name: str = "look.cube") -> Path:
    path = folder / name
    path.write_text("LUT_1D_SIZE 2\n0 0 0\n1 1 1\n")
    return path


def test_a_channel_is_typed_and_reset(qtbot: QtBot) -> None:
    panel, session = opened(qtbot, "grade")
    row = panel.card("grade").rows["gain_rgb"]
    assert isinstance(row, ColourRow)
    field = row.channels[2].field
    field.selectAll()
    QTest.keyClicks(field, "0,9")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert setting(session, "grade", "gain_rgb") == "1,1,0.9"
    qtbot.waitUntil(lambda: row.label.text().endswith("•"))
    QTest.mouseClick(row.reset, Qt.MouseButton.LeftButton)
    assert setting(session, "grade", "gain_rgb") is None
    qtbot.waitUntil(lambda: not row.reset.isEnabled())


def test_a_channel_out_of_range_is_refused_and_stays(qtbot: QtBot) -> None:
    panel, session = opened(qtbot, "grade")
    row = panel.card("grade").rows["gain_rgb"]
    assert isinstance(row, ColourRow)
    field = row.channels[0].field
    field.selectAll()
    QTest.keyClicks(field, "7")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert setting(session, "grade", "gain_rgb") is None
    assert field.text() == "1.00"
    assert "from 0 to 4" in row.error.text()


def test_a_channels_slider_is_one_step(qtbot: QtBot) -> None:
    panel, session = opened(qtbot, "grade")
    row = panel.card("grade").rows["lift_rgb"]
    assert isinstance(row, ColourRow)
    track = row.channels[0].track
    middle = track.rect().center()
    QTest.mousePress(track, Qt.MouseButton.LeftButton, pos=middle)
    assert row.held
    QTest.mouseMove(track, middle + QPoint(20, 0))
    QTest.mouseRelease(track, Qt.MouseButton.LeftButton, pos=middle + QPoint(20, 0))
    moved = setting(session, "grade", "lift_rgb")
    assert moved is not None
    assert float(moved.split(",")[0]) > 0.02
    session.undo()
    assert setting(session, "grade", "lift_rgb") is None
    qtbot.waitUntil(lambda: row.channels[0].value == 0.0)


def test_a_curve_is_dragged_typed_and_straightened(qtbot: QtBot) -> None:
    panel, session = opened(qtbot, "grade")
    row = panel.card("grade").rows["curve"]
    assert isinstance(row, CurveRow)
    pad = row.pad
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=pad.place((0.0, 0.0)).toPoint())
    QTest.mouseMove(pad, pad.place((0.0, 0.25)).toPoint())
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=pad.place((0.0, 0.25)).toPoint())
    held = setting(session, "grade", "curve")
    assert held is not None
    assert held.endswith(" 1,1")
    # Cards follow once the picture does.
    qtbot.waitUntil(lambda: row.field.text() == held)
    row.field.selectAll()
    QTest.keyClicks(row.field, "0,0  0.5,0.6 1,1")
    QTest.keyClick(row.field, Qt.Key.Key_Return)
    assert setting(session, "grade", "curve") == "0,0 0.5,0.6 1,1"
    qtbot.waitUntil(lambda: pad.points[1] == (0.5, 0.6))
    QTest.mouseClick(row.straight, Qt.MouseButton.LeftButton)
    assert setting(session, "grade", "curve") is None
    qtbot.waitUntil(lambda: len(pad.points) == 2)


def test_a_curve_that_cannot_be_read_is_refused(qtbot: QtBot) -> None:
    panel, session = opened(qtbot, "grade")
    row = panel.card("grade").rows["curve"]
    assert isinstance(row, CurveRow)
    QTest.keyClicks(row.field, "1,1 0,0")
    QTest.keyClick(row.field, Qt.Key.Key_Return)
    assert setting(session, "grade", "curve") is None
    assert "from left to right" in row.error.text()


def test_a_run_of_keys_on_a_curve_is_one_step(qtbot: QtBot) -> None:
    panel, session = opened(qtbot, "grade")
    row = panel.card("grade").rows["curve"]
    assert isinstance(row, CurveRow)
    for _ in range(4):
        QTest.keyClick(row.pad, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: setting(session, "grade", "curve") == "0,0.02 1,1")
    panel.card("grade").settle()
    session.undo()
    assert setting(session, "grade", "curve") is None


def test_a_table_is_typed_and_taken_away(qtbot: QtBot, tmp_path: Path) -> None:
    path = table(tmp_path)
    panel, session = opened(qtbot, "lut")
    row = panel.card("lut").rows["file"]
    assert isinstance(row, FileRow)
    QTest.keyClicks(row.field, str(path))
    QTest.keyClick(row.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: setting(session, "lut", "file") == str(path))
    qtbot.waitUntil(lambda: row.field.text() == "look.cube")
    assert str(path) in row.field.toolTip()
    QTest.mouseClick(row.clear, Qt.MouseButton.LeftButton)
    assert setting(session, "lut", "file") is None


def test_a_table_is_dropped(qtbot: QtBot, tmp_path: Path) -> None:
    path = table(tmp_path)
    panel, session = opened(qtbot, "lut")
    row = panel.card("lut").rows["file"]
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    where, button, none = QPoint(4, 4).toPointF(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    row.dropEvent(QDropEvent(where, Qt.DropAction.CopyAction, data, button, none))
    qtbot.waitUntil(lambda: setting(session, "lut", "file") == str(path))


@pytest.mark.parametrize("name", ["gone.cube", "empty.cube"])
def test_a_table_that_cannot_be_used_is_refused_with_its_reason(qtbot: QtBot, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty.cube").touch()
    panel, session = opened(qtbot, "lut")
    row = panel.card("lut").rows["file"]
    assert isinstance(row, FileRow)
    QTest.keyClicks(row.field, str(tmp_path / name))
    QTest.keyClick(row.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(row.error.text()))
    assert name in row.error.text()
    assert setting(session, "lut", "file") is None
    assert row.field.text() == ""


def test_a_table_that_went_away_since_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    panel, _ = opened(qtbot, "lut", file=str(tmp_path / "gone.cube"))
    row = panel.card("lut").rows["file"]
    assert isinstance(row, FileRow)
    qtbot.waitUntil(lambda: "There is no look-up table" in row.error.text())


def test_a_still_can_be_a_frame_of_the_clip(qtbot: QtBot) -> None:
    panel, session = opened(qtbot, "fade")
    row = panel.card("fade").rows["match"]
    assert isinstance(row, FileRow)
    assert row.here is not None
    row.show_frame(7)
    QTest.mouseClick(row.here, Qt.MouseButton.LeftButton)
    assert setting(session, "fade", "match") == "frame:7"
    qtbot.waitUntil(lambda: row.field.text() == "frame 7 of this clip")


def test_a_clip_that_is_no_manifest_is_refused(qtbot: QtBot, tmp_path: Path) -> None:
    panel, session = opened(qtbot, "fade")
    row = panel.card("fade").rows["undo"]
    assert isinstance(row, FileRow)
    QTest.keyClicks(row.field, str(table(tmp_path)))
    QTest.keyClick(row.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "no manifest of a master" in row.error.text())
    assert setting(session, "fade", "undo") is None
