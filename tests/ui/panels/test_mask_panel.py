"""The mask panel: brush and layer are the view's state, verbs are asked for by id, disabled ones say why."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.session import Session
from app.view_state import ViewState
from tests.ui.panels import fakes
from ui.panels.mask_panel import MaskPanel


def panel(qtbot: QtBot, session: Session, state: ViewState) -> MaskPanel:
    made = MaskPanel(session, fakes.bridge(), state)
    fakes.hold(qtbot, made)
    made.show()
    return made


def test_the_brush_and_the_state_are_the_same_thing(qtbot: QtBot) -> None:
    state = ViewState()
    made = panel(qtbot, fakes.session(), state)
    made.brush_size.field.selectAll()
    QTest.keyClicks(made.brush_size.field, "80 px")
    QTest.keyClick(made.brush_size.field, Qt.Key.Key_Return)
    assert state.brush_size == 80
    state.set("brush_hardness", 0.25)
    qtbot.waitUntil(lambda: made.hardness.value == 25)
    for layer in ("protect", "original"):
        QTest.mouseClick(made.layer.button(layer), Qt.MouseButton.LeftButton)
        assert state.layer == layer


def test_hide_solo_and_onion_are_toggles(qtbot: QtBot) -> None:
    state = ViewState()
    made = panel(qtbot, fakes.session(), state)
    for name in ("mask.hide", "mask.solo", "mask.onion"):
        QTest.mouseClick(made.buttons[name], Qt.MouseButton.LeftButton)
    assert (state.masks_shown, state.masks_solo, state.onion_skin) == (False, True, True)
    state.set("masks_shown", True)
    qtbot.waitUntil(lambda: not made.buttons["mask.hide"].isChecked())


def test_verbs_need_a_mask_and_say_so(qtbot: QtBot) -> None:
    session = fakes.session()
    made = panel(qtbot, session, ViewState())
    copy = made.buttons["mask.copy_next"]
    assert not copy.isEnabled()
    assert "no mask" in copy.toolTip()
    session.do("Paint", fakes.painted(session.document, 0))
    qtbot.waitUntil(copy.isEnabled)
    assert made.summary.text() == "painted on this frame, 1 frame of this shot"
    with qtbot.waitSignal(made.wanted) as asked:
        QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert asked.args == ["mask.copy_next"]
