"""The fidelity slider: a drag is one step, keys and typing work, and it says why it cannot act."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.commands import remove_stage, set_setting, set_slider
from app.pictures import Readouts
from app.session import Session
from app.view_state import ViewState
from tests.ui.panels import fakes
from ui.panels.fidelity_panel import FidelityPanel


def panel(qtbot: QtBot, session: Session) -> FidelityPanel:
    made = FidelityPanel(session, fakes.bridge(), ViewState())
    fakes.hold(qtbot, made)
    made.resize(300, 260)
    made.show()
    return made


def slider(session: Session, shot: int = 0) -> float:
    return session.document.clip("c1").shots[shot].slider


def test_a_drag_is_one_undo_step(qtbot: QtBot) -> None:
    session = fakes.session(detail=True)
    made = panel(qtbot, session)
    track = made.track
    QTest.mousePress(track, Qt.MouseButton.LeftButton, pos=QPoint(40, 10))
    for x in (80, 120, 160, 200):
        QTest.mouseMove(track, QPoint(x, 10))
    qtbot.waitUntil(lambda: slider(session) > 0.5)
    QTest.mouseRelease(track, Qt.MouseButton.LeftButton, pos=QPoint(200, 10))
    assert not session.gesturing
    assert session.undo_name == "Fidelity of Shot 1"
    session.undo()
    assert slider(session) == 0
    assert session.undo_name == ""
    assert track.value() == 0


def test_the_handle_snaps_to_its_detents(qtbot: QtBot) -> None:
    session = fakes.session(detail=True)
    made = panel(qtbot, session)
    middle = made.track.width() // 2
    QTest.mouseClick(made.track, Qt.MouseButton.LeftButton, pos=QPoint(middle + 3, 10))
    assert slider(session) == 0.5


def test_a_run_of_keys_is_one_step(qtbot: QtBot) -> None:
    session = fakes.session(detail=True)
    made = panel(qtbot, session)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_Right):
        QTest.keyClick(made.track, key)
    qtbot.waitUntil(lambda: not session.gesturing)
    assert slider(session) == 0.12
    session.undo()
    assert slider(session) == 0


def test_going_to_another_shot_ends_the_run_of_keys_there(qtbot: QtBot) -> None:
    session = fakes.session(detail=True)
    made = panel(qtbot, session)
    QTest.keyClick(made.track, Qt.Key.Key_End)
    session.seek(25)
    assert not session.gesturing
    assert (slider(session, 0), slider(session, 1)) == (1.0, 0.0)


def test_a_typed_value(qtbot: QtBot) -> None:
    session = fakes.session(detail=True)
    made = panel(qtbot, session)
    made.typed.selectAll()
    QTest.keyClicks(made.typed, "0,37")
    QTest.keyClick(made.typed, Qt.Key.Key_Return)
    assert slider(session) == 0.37


def test_nonsense_is_refused_in_a_sentence(qtbot: QtBot) -> None:
    session = fakes.session(detail=True)
    made = panel(qtbot, session)
    for text in ("much", "1.5", "nan"):
        made.typed.selectAll()
        with qtbot.waitSignal(session.notified) as told:
            QTest.keyClicks(made.typed, text)
            QTest.keyClick(made.typed, Qt.Key.Key_Return)
        assert text in told.args[0].sentence
        assert slider(session) == 0
        assert made.typed.text() == "0.00"


def test_without_detail_it_says_why_and_offers_the_remedy(qtbot: QtBot) -> None:
    session = fakes.session()
    made = panel(qtbot, session)
    assert not made.track.isEnabled()
    assert "Detail" in made.track.toolTip()
    with qtbot.waitActive(made):
        made.activateWindow()
    QTest.mouseClick(made.mend, Qt.MouseButton.LeftButton)
    detail = session.document.clip("c1").shots[0].stage("detail")
    assert detail is not None
    assert detail.enabled
    assert made.track.isEnabled()
    assert made.track.hasFocus()
    assert session.undo_name == "Enable Detail"


def test_perceptual_set_by_hand_is_handed_back(qtbot: QtBot) -> None:
    session = fakes.session(detail=True)
    session.do("x", set_setting(session.document, "c1", 0, "detail", "perceptual", "0.4"))
    made = panel(qtbot, session)
    assert not made.track.isEnabled()
    QTest.mouseClick(made.mend, Qt.MouseButton.LeftButton)
    assert made.track.isEnabled()


def test_readouts_show_what_is_known_and_why_the_rest_is_not(qtbot: QtBot) -> None:
    session, bridge = fakes.session(detail=True), fakes.bridge()
    made = FidelityPanel(session, bridge, ViewState())
    fakes.hold(qtbot, made)
    assert made.flagged.value.text() == "-"
    assert made.flagged.toolTip()
    bridge.said = Readouts(0.003, float("inf"), None)
    bridge.readouts_changed.emit()
    assert (made.flagged.value.text(), made.decibels.value.text()) == ("0.3 %", "∞ dB")
    assert made.distance.value.text() == "-"
    assert "perceptual" in made.distance.toolTip()
    assert made.bar.share == 0.003


def _risk(session: Session) -> str | None:
    detail = session.document.clip("c1").shots[0].stage("detail")
    assert detail is not None
    return detail.settings.get("risk")


def test_the_risk_is_set_here_and_its_promise_is_told_in_words(qtbot: QtBot) -> None:
    session = fakes.session(detail=True)
    made = panel(qtbot, session)
    assert "nothing is flagged" in made.risk.promise.text()
    session.do("x", set_slider(session.document, "c1", 0, 0.5))
    assert made.risk.promise.text().startswith("At risk 0.10, at most 10 % of the visibly wrong area")
    field = made.risk.row.slider.field
    field.selectAll()
    QTest.keyClicks(field, "0.05")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: _risk(session) == "0.05")
    assert made.risk.promise.text().startswith("At risk 0.05, at most 5.0 % of")
    made.risk.settle()
    assert session.undo_name == "Detail Risk of Shot 1"
    field.selectAll()
    QTest.keyClicks(field, "2")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert "out of range" in made.risk.row.slider.error.text()
    assert _risk(session) == "0.05"


def test_dragging_the_risk_is_one_undo_step(qtbot: QtBot) -> None:
    session = fakes.session(detail=True)
    made = panel(qtbot, session)
    track = made.risk.row.slider.track
    QTest.mousePress(track, Qt.MouseButton.LeftButton, pos=QPoint(60, 5))
    for x in (100, 150, track.width() - 1):
        QTest.mouseMove(track, QPoint(x, 5))
    most = f"{made.risk.row.setting.about.high:.2f}"
    qtbot.waitUntil(lambda: _risk(session) == most)
    QTest.mouseRelease(track, Qt.MouseButton.LeftButton, pos=QPoint(track.width() - 1, 5))
    session.undo()
    assert _risk(session) is None
    assert session.undo_name == ""


def test_without_detail_there_is_no_risk(qtbot: QtBot) -> None:
    session = fakes.session()
    made = panel(qtbot, session)
    assert made.risk.isVisible()
    session.do("x", remove_stage(session.document, "c1", "detail"))
    assert not made.risk.isVisible()


def test_it_lives_without_a_clip(qtbot: QtBot) -> None:
    made = panel(qtbot, Session())
    assert not made.track.isEnabled()
    assert made.why.text() == "No clip is open."
