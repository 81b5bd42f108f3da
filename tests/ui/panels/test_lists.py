"""Clips and shots: the selection follows the playhead, a choice seeks, every verb can be undone."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.session import Session
from app.view_state import ViewState
from tests.ui.panels import fakes
from ui.panels.media_panel import MediaPanel
from ui.panels.shots_panel import ShotsPanel


def shots(qtbot: QtBot, session: Session, bridge: Any) -> ShotsPanel:
    made = ShotsPanel(session, bridge, ViewState())
    fakes.hold(qtbot, made)
    made.resize(232, 400)
    made.show()
    return made


def starts(session: Session) -> list[int]:
    return [shot.start for shot in session.document.clip("c1").shots]


def test_the_selection_follows_the_playhead_and_a_choice_seeks(qtbot: QtBot) -> None:
    session = fakes.session()
    made = shots(qtbot, session, fakes.bridge())
    session.seek(25)
    assert made.list.currentIndex().row() == 1
    assert session.playhead == 25
    QTest.keyClick(made.list, Qt.Key.Key_Down)
    assert session.playhead == 38
    first = made.list.visualRect(made.list.rows.index(0)).center()
    QTest.mouseClick(made.list.viewport(), Qt.MouseButton.LeftButton, pos=first)
    assert session.playhead == 0


def test_a_row_tells_times_masks_and_what_came_of_them(qtbot: QtBot) -> None:
    session, bridge = fakes.session(), fakes.bridge()
    session.load(fakes.painted(session.document, 3, 4, 40))
    made = shots(qtbot, session, bridge)
    rows = made.list.rows.rows
    assert rows[0].lines == ("00:00:00:00", "00:00:01:03")
    assert rows[0].state.text == "not rendered yet, 2 masks"
    assert rows[1].state.text == "untouched"
    bridge.shares = {3: 0.004, 4: 0.0}
    bridge.states = [""] * 40 + ["failed"] + [""] * 8
    bridge.cache_changed.emit("c1")
    qtbot.waitUntil(lambda: made.list.rows.rows[0].state.text == "0.2 % flagged, 2 masks")
    assert made.list.rows.rows[2].state.tone == "failed"


def test_split_merge_and_rename_can_be_undone(qtbot: QtBot) -> None:
    session = fakes.session()
    made = shots(qtbot, session, fakes.bridge())
    session.seek(10)
    made.split()
    assert starts(session) == [0, 10, 20, 38]
    made.merge()
    assert starts(session) == [0, 20, 38]
    made.list.rows.setData(made.list.rows.index(1), "Carriage")
    assert session.document.clip("c1").shots[1].name == "Carriage"
    assert session.undo_name == "Rename shot"
    session.undo()
    assert session.document.clip("c1").shots[1].name == ""


def test_the_menu_says_why_a_verb_is_not_possible(qtbot: QtBot) -> None:
    session = fakes.session()
    made = shots(qtbot, session, fakes.bridge())
    split, merge = made.menu(0).actions()[:2]
    assert (split.isEnabled(), merge.isEnabled()) == (False, False)
    assert split.toolTip()
    assert merge.toolTip()


def test_a_thumbnail_is_asked_for_when_it_is_seen_and_shown_when_it_comes(qtbot: QtBot) -> None:
    session, bridge = fakes.session(), fakes.bridge()
    made = shots(qtbot, session, bridge)
    before = made.grab().toImage()
    assert bridge.count("thumbnail") > 0
    _, clip_id, frame, height = bridge.asked[0]
    bridge.thumbnail_ready.emit(clip_id, frame, np.full((height, height, 4), 200, np.uint8))
    assert made.grab().toImage() != before


def test_choosing_a_clip_makes_it_active_and_removing_it_can_be_undone(qtbot: QtBot) -> None:
    session = fakes.session()
    made = MediaPanel(session, fakes.bridge(), ViewState())
    fakes.hold(qtbot, made)
    made.show()
    QTest.keyClick(made.list, Qt.Key.Key_Down)
    assert session.clip_id == "c2"
    made.remove()
    assert [row.key for row in made.list.rows.rows] == ["c1"]
    session.undo()
    assert [row.key for row in made.list.rows.rows] == ["c1", "c2"]


def test_an_empty_project_says_what_to_do(qtbot: QtBot) -> None:
    made = MediaPanel(Session(), fakes.bridge(), ViewState())
    fakes.hold(qtbot, made)
    made.show()
    assert made.empty.isVisible()
    with qtbot.waitSignal(made.open_wanted):
        QTest.mouseClick(made.empty.open_button, Qt.MouseButton.LeftButton)
