"""Settings drawn on the picture and keyed at the playhead."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.commands import add_stage
from app.session import Session
from app.view_state import ViewState
from tests.ui.panels import fakes
from tests.ui.spot_stage import spot_stage
from ui import theme
from ui.panels.setting_places import KeysRow, PointsRow, RectRow
from ui.panels.stages_panel import StagesPanel

__all__ = ["spot_stage"]


def opened(qtbot: QtBot) -> tuple[StagesPanel, Session, ViewState]:
    theme.reduce_motion(True)
    session, state = Session(add_stage(fakes.session().document, "c1", "deflicker")), ViewState()
    made = StagesPanel(session, fakes.bridge(), state)
    fakes.hold(qtbot, made)
    made.resize(344, 900)
    made.show()
    card = made.card("deflicker")
    card.set_folded(False)
    assert card.rest is not None
    card.rest.set_folded(False)
    return made, session, state


def setting(session: Session, key: str) -> str | None:
    use = session.document.clip("c1").shots[0].stage("deflicker")
    assert use is not None
    return use.settings.get(key)


def test_drawing_is_asked_for_and_given_up(qtbot: QtBot) -> None:
    panel, _, state = opened(qtbot)
    row = panel.card("deflicker").rows["region"]
    assert isinstance(row, RectRow)
    QTest.mouseClick(row.draw, Qt.MouseButton.LeftButton)
    assert state.drawing == ("deflicker", "region")
    state.set("drawing", None)
    assert not row.draw.isChecked()
    QTest.mouseClick(row.draw, Qt.MouseButton.LeftButton)
    QTest.mouseClick(row.draw, Qt.MouseButton.LeftButton)
    assert state.drawing is None


def test_a_rectangle_is_typed_and_taken_away(qtbot: QtBot) -> None:
    panel, session, _ = opened(qtbot)
    row = panel.card("deflicker").rows["region"]
    assert isinstance(row, RectRow)
    QTest.keyClicks(row.field, "4, 6,30,20")
    QTest.keyClick(row.field, Qt.Key.Key_Return)
    assert setting(session, "region") == "4,6,30,20"
    QTest.mouseClick(row.clear, Qt.MouseButton.LeftButton)
    assert setting(session, "region") is None
    assert not row.clear.isEnabled()


def test_keys_are_set_and_removed_where_the_playhead_is(qtbot: QtBot) -> None:
    panel, session, _ = opened(qtbot)
    row = panel.card("deflicker").rows["keys"]
    assert isinstance(row, KeysRow)
    QTest.mouseClick(row.put, Qt.MouseButton.LeftButton)
    assert setting(session, "keys") == "0:1"
    session.seek(10)
    row.slider.set_value(0.5)
    QTest.mouseClick(row.put, Qt.MouseButton.LeftButton)
    assert setting(session, "keys") == "0:1 10:0.5"
    session.seek(5)
    assert row.slider.value == 0.75, "between keys it moves evenly"
    assert not row.take.isEnabled()
    session.seek(10)
    assert row.told.text() == "Keys by frame: 0: 1.00, 10: 0.50"
    QTest.mouseClick(row.take, Qt.MouseButton.LeftButton)
    assert setting(session, "keys") == "0:1"


def test_moving_the_value_on_a_key_moves_the_key(qtbot: QtBot) -> None:
    panel, session, _ = opened(qtbot)
    row = panel.card("deflicker").rows["keys"]
    assert isinstance(row, KeysRow)
    QTest.mouseClick(row.put, Qt.MouseButton.LeftButton)
    row.slider.field.selectAll()
    QTest.keyClicks(row.slider.field, "0.3")
    QTest.keyClick(row.slider.field, Qt.Key.Key_Return)
    assert setting(session, "keys") == "0:0.3"
    session.seek(3)
    row.slider.field.selectAll()
    QTest.keyClicks(row.slider.field, "0.9")
    QTest.keyClick(row.slider.field, Qt.Key.Key_Return)
    assert setting(session, "keys") == "0:0.3", "a frame without a key has nothing to move"


def test_spots_are_asked_for_counted_and_taken_away(qtbot: QtBot, spot_stage: str) -> None:
    session, state = Session(add_stage(fakes.session().document, "c1", spot_stage)), ViewState()
    panel = StagesPanel(session, fakes.bridge(), state)
    fakes.hold(qtbot, panel)
    panel.show()
    card = panel.card(spot_stage)
    card.set_folded(False)
    row = card.rows["neutral"]
    assert isinstance(row, PointsRow)
    QTest.mouseClick(row.draw, Qt.MouseButton.LeftButton)
    assert state.drawing == (spot_stage, "neutral")
    QTest.keyClicks(row.field, "0:4,6  2:10,12 ")
    QTest.keyClick(row.field, Qt.Key.Key_Return)
    use = session.document.clip("c1").shots[0].stage(spot_stage)
    assert use is not None
    assert use.settings["neutral"].split() == ["0:4,6", "2:10,12"]
    assert "2 spots" in row.label.text()
    QTest.keyClicks(row.field, " 3:x")
    QTest.keyClick(row.field, Qt.Key.Key_Return)
    assert "not understood" in row.error.text()
    QTest.mouseClick(row.clear, Qt.MouseButton.LeftButton)
    use = session.document.clip("c1").shots[0].stage(spot_stage)
    assert use is not None
    assert "neutral" not in use.settings
