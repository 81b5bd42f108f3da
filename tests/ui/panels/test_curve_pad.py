"""The pad for a curve: points are dragged, added and removed by mouse and keys, and never pass each other."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.key_guard import kept_by
from ui.panels.curve_pad import ENDS, CurvePad


@pytest.fixture
def pad(qtbot: QtBot) -> CurvePad:
    made = CurvePad("Curve")
    qtbot.addWidget(made)
    made.resize(318, 168)
    made.show()
    made.setFocus()
    return made


def _at(pad: CurvePad, x: float, y: float) -> QPoint:
    return pad.place((x, y)).toPoint()


def _heard(pad: CurvePad) -> list[str]:
    said: list[str] = []
    pad.started.connect(lambda: said.append("started"))
    pad.changed.connect(lambda: said.append("changed"))
    pad.finished.connect(lambda: said.append("finished"))
    return said


def test_a_point_is_dragged_in_one_gesture(pad: CurvePad) -> None:
    pad.show_points([(0.0, 0.0), (0.5, 0.5), (1.0, 1.0)])
    said = _heard(pad)
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=_at(pad, 0.5, 0.5))
    assert pad.held
    QTest.mouseMove(pad, _at(pad, 0.4, 0.8))
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=_at(pad, 0.4, 0.8))
    assert said == ["started", "changed", "finished"]
    assert pad.points[1] == pytest.approx((0.4, 0.8), abs=0.01)
    assert (pad.points[0], pad.points[2]) == ENDS


def test_points_never_pass_each_other_nor_leave_the_pad(pad: CurvePad) -> None:
    pad.show_points([(0.0, 0.0), (0.5, 0.5), (1.0, 1.0)])
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=_at(pad, 0.5, 0.5))
    QTest.mouseMove(pad, QPoint(900, -400))
    assert pad.points[1] == (0.999, 1.0)
    QTest.mouseMove(pad, QPoint(-900, 900))
    assert pad.points[1] == (0.001, 0.0)
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(0, 0))


def test_what_is_shown_does_not_move_a_point_that_is_held(pad: CurvePad) -> None:
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=_at(pad, 1.0, 1.0))
    pad.show_points([(0.0, 0.2), (1.0, 0.8)])
    assert pad.points == ENDS
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=_at(pad, 1.0, 1.0))
    pad.show_points([(0.0, 0.2), (1.0, 0.8)])
    assert pad.points == ((0.0, 0.2), (1.0, 0.8))


def test_a_double_click_adds_and_delete_removes_but_two_stay(pad: CurvePad) -> None:
    said = _heard(pad)
    QTest.mouseDClick(pad, Qt.MouseButton.LeftButton, pos=_at(pad, 0.3, 0.7))
    assert pad.points[1] == pytest.approx((0.3, 0.7), abs=0.01)
    assert pad.chosen == 1
    QTest.keyClick(pad, Qt.Key.Key_Delete)
    assert pad.points == ENDS
    assert said == ["started", "changed", "finished"] * 2
    QTest.keyClick(pad, Qt.Key.Key_Delete)
    assert pad.points == ENDS


def test_keys_choose_move_and_add(pad: CurvePad) -> None:
    QTest.keyClick(pad, Qt.Key.Key_Insert)
    assert pad.points == ((0.0, 0.0), (0.5, 0.5), (1.0, 1.0))
    QTest.keyClick(pad, Qt.Key.Key_Up)
    QTest.keyClick(pad, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert pad.points[1] == (0.55, 0.505)
    assert "Point 2 of 3" in pad.accessibleDescription()
    QTest.keyClick(pad, Qt.Key.Key_PageUp)
    assert pad.chosen == 2
    QTest.keyClick(pad, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert pad.points[2] == (1.0, 0.95)
    QTest.keyClick(pad, Qt.Key.Key_PageDown)
    assert pad.chosen == 1


def test_the_window_leaves_it_its_keys(pad: CurvePad) -> None:
    assert {"Left", "Shift+Up", "Del", "PgDown"} <= kept_by(pad)


def test_it_draws_the_curve_through_its_points(pad: CurvePad) -> None:
    pad.clearFocus()
    plain = pad.grab().toImage()
    pad.show_points([(0.0, 0.0), (0.5, 0.9), (1.0, 1.0)])
    bent = pad.grab().toImage()
    spot = _at(pad, 0.25, 0.55)
    assert plain != bent
    assert any(bent.pixelColor(spot.x(), spot.y() + dy).lightness() > 150 for dy in range(-25, 26))
