"""Stage cards: made from typed settings, a drag is one step, a wrong value is answered with the setting's sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import pytest
from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.commands import add_stage, set_slider
from app.document import StageUse
from app.session import Session
from app.summaries_desk import SummariesDesk
from app.view_state import ViewState
from engines.stages.catalogue import STAGES
from engines.stages.settings import setting
from tests.ui.panels import fakes
from ui import theme
from ui.panels.setting_base import setting_types
from ui.panels.setting_row import ChoiceRow, NumberRow, SwitchRow, TextRow, setting_row
from ui.panels.shot_chooser import CopyMenu, ShotChooser
from ui.panels.stages_panel import StagesPanel
from ui.widgets.value_slider import DOT


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    theme.reduce_motion(True)
    yield
    theme.reduce_motion(False)


def panel(qtbot: QtBot, session: Session) -> StagesPanel:
    made = StagesPanel(session, fakes.bridge(), ViewState())
    fakes.hold(qtbot, made)
    made.resize(300, 800)
    made.show()
    for card in made.cards:
        card.set_folded(False)
    return made


def use(session: Session, stage: str, shot: int = 0) -> StageUse:
    found = session.document.clip("c1").shots[shot].stage(stage)
    assert found is not None
    return found


def number(made: StagesPanel, stage: str, key: str) -> NumberRow:
    row = made.card(stage).rows[key]
    assert isinstance(row, NumberRow)
    return row


def type_into(row: NumberRow, text: str) -> None:
    row.slider.field.selectAll()
    QTest.keyClicks(row.slider.field, text)
    QTest.keyClick(row.slider.field, Qt.Key.Key_Return)


def test_every_kind_of_setting_has_its_row(qtbot: QtBot) -> None:
    @dataclass(frozen=True)
    class All:
        count: int = setting(3, "Count", "How many.", low=1, high=9, unit="frames")
        level: float | None = setting(None, "Level", "How much.", low=0, high=1)
        way: str = setting("a", "Way", "Which.", choices=("a", "b"))
        on: bool = setting(False, "On", "Whether.")
        name: str = setting("", "Name", "What.")

    rows = [setting_row(kind) for kind in setting_types(All)]
    for row in rows:
        fakes.hold(qtbot, row)
        row.show_text(None)
    assert [type(row) for row in rows] == [NumberRow, NumberRow, ChoiceRow, SwitchRow, TextRow]
    assert isinstance(rows[1], NumberRow)
    assert rows[1].auto is not None
    assert rows[1].slider.field.text() == "auto"
    switched = rows[3]
    assert isinstance(switched, SwitchRow)
    with qtbot.waitSignal(switched.entered) as sent:
        QTest.mouseClick(switched.switch, Qt.MouseButton.LeftButton)
    assert sent.args == ["on"]


def test_a_drag_is_one_undo_step(qtbot: QtBot) -> None:
    session = fakes.session()
    made = panel(qtbot, session)
    track = number(made, "inpaint", "search").slider.track
    QTest.mousePress(track, Qt.MouseButton.LeftButton, pos=QPoint(20, 5))
    for x in (60, 100, track.width() - 1):
        QTest.mouseMove(track, QPoint(x, 5))
    qtbot.waitUntil(lambda: use(session, "inpaint").settings.get("search") == "8")
    QTest.mouseRelease(track, Qt.MouseButton.LeftButton, pos=QPoint(track.width() - 1, 5))
    assert session.undo_name == "Inpaint Search of Shot 1"
    session.undo()
    assert use(session, "inpaint").settings == {}
    assert session.undo_name == ""


def test_a_typed_value_and_its_reset(qtbot: QtBot) -> None:
    session = fakes.session()
    made = panel(qtbot, session)
    row = number(made, "inpaint", "feather")
    type_into(row, "3 px")
    qtbot.waitUntil(lambda: use(session, "inpaint").settings.get("feather") == "3")
    assert DOT in row.slider.label.text()
    QTest.mouseDClick(row.slider.label, Qt.MouseButton.LeftButton)
    assert use(session, "inpaint").settings == {}
    assert DOT not in row.slider.label.text()


def test_a_wrong_value_is_answered_by_the_setting(qtbot: QtBot) -> None:
    session = fakes.session()
    made = panel(qtbot, session)
    row = number(made, "inpaint", "search")
    type_into(row, "99")
    assert "out of range" in row.slider.error.text()
    type_into(row, "many")
    assert "a whole number" in row.slider.error.text()
    assert use(session, "inpaint").settings == {}
    assert row.slider.field.text() == "4 frames"


def test_auto_is_left_and_taken_again(qtbot: QtBot) -> None:
    session = fakes.session(detail=True)
    made = panel(qtbot, session)
    row = number(made, "detail", "noise")
    assert row.auto is not None
    assert row.auto.isChecked()
    QTest.mouseClick(row.auto, Qt.MouseButton.LeftButton)
    assert float(use(session, "detail").settings["noise"]) == 0
    type_into(row, "3.1")
    qtbot.waitUntil(lambda: use(session, "detail").settings.get("noise") == "3.1")
    QTest.mouseClick(row.auto, Qt.MouseButton.LeftButton)
    assert "noise" not in use(session, "detail").settings


def test_perceptual_follows_the_fidelity_slider_until_it_is_set(qtbot: QtBot) -> None:
    session = fakes.session(detail=True)
    made = panel(qtbot, session)
    session.do("x", set_slider(session.document, "c1", 0, 0.5))
    row = number(made, "detail", "perceptual")
    assert row.slider.value == 0.5
    assert DOT not in row.slider.label.text()
    type_into(row, "0.00")
    qtbot.waitUntil(lambda: "perceptual" in use(session, "detail").settings)
    assert row.slider.value == 0
    qtbot.waitUntil(lambda: DOT in row.slider.label.text())


def test_the_switch_and_the_shot_it_acts_on(qtbot: QtBot) -> None:
    session = fakes.session()
    made = panel(qtbot, session)
    session.seek(25)
    switch = made.card("inpaint").switch
    assert switch is not None
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert (use(session, "inpaint", 0).enabled, use(session, "inpaint", 1).enabled) == (True, False)
    assert made.card("inpaint").summary.text().startswith("off")
    session.seek(0)
    assert switch.isChecked()


def test_order_removal_and_adding(qtbot: QtBot) -> None:
    session = fakes.session()
    made = panel(qtbot, session)
    unused = [name for name in STAGES if name not in ("inpaint", "detail")]
    for name in unused:
        assert made.add_button.isEnabled()
        made.add(name)
    assert not made.add_button.isEnabled()
    assert "in use" in made.add_button.toolTip()
    for _ in unused:
        session.undo()
    assert made.add_button.isEnabled()
    QTest.keyClick(made.card("detail"), Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert [card.name for card in made.cards] == ["detail", "inpaint"]
    made.card("detail").remove()
    assert [card.name for card in made.cards] == ["inpaint"]
    made.add("detail")
    assert [card.name for card in made.cards] == ["inpaint", "detail"]
    session.undo()
    session.undo()
    session.undo()
    assert [card.name for card in made.cards] == ["inpaint", "detail"]


def test_verbs_act_on_the_card_in_use(qtbot: QtBot) -> None:
    session = fakes.session()
    made = panel(qtbot, session)
    made.toggle_current()
    assert made.current_stage() == ""
    assert session.undo_name == ""
    QTest.mouseClick(made.card("detail").title, Qt.MouseButton.LeftButton)
    assert made.current_stage() == "detail"
    made.toggle_current()
    assert use(session, "detail").enabled
    made.move_current(-1)
    assert made.cards[0].name == "detail"
    made.remove_current()
    assert made.current_stage() == ""


def test_a_treatment_is_copied(qtbot: QtBot) -> None:
    session = fakes.session(detail=True)
    made = panel(qtbot, session)
    menu = CopyMenu(session, 0, made)
    assert isinstance(menu, QMenu)
    menu.actions()[0].trigger()
    assert all(use(session, "detail", shot).enabled for shot in range(3))
    chooser = ShotChooser(session.document.clip("c1"), 0)
    fakes.hold(qtbot, chooser)
    chooser.tick(2)
    assert chooser.chosen() == {2}


def test_it_lives_without_a_clip(qtbot: QtBot) -> None:
    made = panel(qtbot, Session())
    assert made.cards == ()
    assert made.empty.text()
    assert not made.copy_button.isEnabled()


class Summaries(QObject):
    """Says one thing of one stage, as the desk of summaries does."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.said = ""

    def told(self, _clip: object, _index: int, stage: str, _info: object) -> str:
        return self.said if stage == "fade" else ""


def test_what_was_measured_is_told_in_full_where_the_card_is_open(qtbot: QtBot) -> None:
    session = Session(add_stage(fakes.session().document, "c1", "fade"))
    made, desk = panel(qtbot, session), Summaries()
    made.show_summaries(cast(SummariesDesk, desk))
    card = made.card("fade")
    assert not card.said.isVisible()
    desk.said = "Cyan lost about 44%, yellow lost about 10%, stain 0.12 D; confidence 0.8."
    desk.changed.emit()
    qtbot.waitUntil(card.said.isVisible)
    assert card.said.text() == desk.said
    assert card.summary.text().endswith("…")
    made.resize(900, 800)
    qtbot.waitUntil(lambda: card.summary.text() == desk.said)
    assert not card.said.isVisible(), "once is enough"
