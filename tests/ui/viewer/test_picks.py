"""Spots of a setting are picked on the picture, drawn there and taken away, by mouse and by keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app import commands
from tests.ui.spot_stage import spot_stage
from tests.ui.viewer.kit import opened
from ui.theme import colour
from ui.viewer.place_menu import place_menu
from ui.viewer.viewer import Viewer

__all__ = ["spot_stage"]
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def viewer(qtbot: QtBot, spot_stage: str) -> Viewer:
    made, _ = opened(qtbot)
    made.state.set("compare", "restored")
    made.session.do("Add", commands.add_stage(made.session.document, made.session.clip_id, spot_stage))
    made.state.set("stage", spot_stage)
    return made


def spots(viewer: Viewer, key: str = "neutral") -> str:
    clip = viewer.session.clip
    assert clip is not None
    use = clip.shots[0].stage("spots")
    assert use is not None
    return use.settings.get(key, "")


def point(viewer: Viewer, x: float, y: float) -> QPoint:
    return (QPointF(*viewer.canvas.transform().to_device(x + 0.5, y + 0.5)) / viewer.canvas.ratio).toPoint()


def pick(viewer: Viewer, x: int, y: int, button: Qt.MouseButton = LEFT) -> None:
    QTest.mouseClick(viewer.canvas, button, NONE, point(viewer, x, y))


def test_clicks_add_spots_until_escape_and_each_is_one_undo_step(viewer: Viewer) -> None:
    session, state = viewer.session, viewer.state
    state.set("drawing", ("spots", "neutral"))
    assert viewer.canvas.hasFocus(), "what ends it is a key of the picture"
    assert "Neutral" in viewer.canvas.pointer.hint
    pick(viewer, 40, 30)
    pick(viewer, 200, 100)
    session.seek(3)
    pick(viewer, 120, 60)
    pick(viewer, 120, 60)
    assert spots(viewer) == "0:40,30 0:200,100 3:120,60", "the same spot twice is one"
    QTest.keyClick(viewer.canvas, Qt.Key.Key_Escape)
    assert state.drawing is None
    pick(viewer, 10, 10)
    assert spots(viewer) == "0:40,30 0:200,100 3:120,60"
    session.undo()
    assert spots(viewer) == "0:40,30 0:200,100"
    assert session.redo_name == "Pick Neutral of Spots"


def test_picking_ends_with_its_stage(viewer: Viewer) -> None:
    viewer.state.set("drawing", ("spots", "neutral"))
    viewer.session.undo()
    assert viewer.state.drawing is None
    pick(viewer, 40, 30)
    assert not viewer.session.undo_name.startswith("Pick")


def test_a_click_beside_the_picture_picks_nothing(viewer: Viewer) -> None:
    viewer.state.set("drawing", ("spots", "neutral"))
    pick(viewer, -3, 30)
    pick(viewer, 40, 245)
    assert spots(viewer) == ""


def test_right_click_and_delete_take_the_spot_under_the_pointer(viewer: Viewer) -> None:
    viewer.session.do("Mask", viewer.session.document)
    viewer.state.set("drawing", ("spots", "neutral"))
    for x in (40, 100, 160):
        pick(viewer, x, 80)
    pick(viewer, 101, 80, RIGHT)
    assert spots(viewer) == "0:40,80 0:160,80"
    pick(viewer, 250, 200, RIGHT)
    assert spots(viewer) == "0:40,80 0:160,80", "nothing lies there"
    QTest.mouseMove(viewer.canvas, point(viewer, 160, 80))
    QTest.keyClick(viewer.canvas, Qt.Key.Key_Delete)
    assert spots(viewer) == "0:40,80"


def test_the_keyboard_picks_at_the_middle_and_where_its_cross_is(viewer: Viewer) -> None:
    viewer.state.set("drawing", ("spots", "skin"))
    QTest.keyClick(viewer.canvas, Qt.Key.Key_Return)
    assert spots(viewer, "skin") == "0:160,120"
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(viewer.canvas, Qt.Key.Key_Right, both)
    QTest.keyClick(viewer.canvas, Qt.Key.Key_Return)
    assert spots(viewer, "skin") == "0:160,120 0:168,120"
    QTest.keyClick(viewer.canvas, Qt.Key.Key_Delete)
    assert spots(viewer, "skin") == "0:160,120"


def test_spots_are_drawn_on_the_frames_they_lie_in(viewer: Viewer) -> None:
    viewer.state.set("drawing", ("spots", "neutral"))
    pick(viewer, 60, 60)
    viewer.state.set("drawing", None)
    assert _bright(viewer, 60, 60) > 40
    viewer.session.seek(1)
    assert _bright(viewer, 60, 60) == 0
    viewer.session.seek(0)
    viewer.state.set("stage", "")
    assert _bright(viewer, 60, 60) == 0, "another stage is worked on"


def _bright(viewer: Viewer, x: int, y: int) -> int:
    picture, middle = viewer.canvas.grab().toImage(), point(viewer, x, y)
    wanted = colour("bright").lightness()
    places = [QPoint(middle.x() + dx, middle.y() + dy) for dx in range(-16, 17) for dy in range(-16, 17)]
    return sum(picture.pixelColor(place).lightness() > wanted - 40 for place in places)


def test_the_menu_of_a_place_pins_it_and_removes_its_spot(viewer: Viewer) -> None:
    viewer.state.set("drawing", ("spots", "neutral"))
    pick(viewer, 60, 60)
    viewer.state.set("drawing", None)
    pointer = viewer.canvas.pointer
    (found,) = pointer.picks.here()
    menu = place_menu(viewer.canvas, pointer, (60.4, 60.2), found)
    _entry(menu, "Pin B here")
    pin = viewer.state.pin_b
    assert pin is not None
    assert (pin.frame, pin.x, pin.y) == (0, 60, 60)
    _entry(menu, "Remove Neutral of Spots")
    assert spots(viewer) == ""


def test_the_right_button_opens_that_menu_for_the_hand_only(viewer: Viewer) -> None:
    canvas, at = viewer.canvas, point(viewer, 50, 40)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, canvas.mapToGlobal(at))
    viewer.state.set("tool", "brush")
    QApplication.sendEvent(canvas, event)
    assert canvas.findChildren(QMenu) == [], "a tool uses the button itself"
    viewer.state.set("tool", "hand")
    QApplication.sendEvent(canvas, event)
    (menu,) = canvas.findChildren(QMenu)
    _entry(menu, "Pin A here")
    pin = viewer.state.pin_a
    assert pin is not None
    assert abs(pin.x - 50) <= 1
    assert abs(pin.y - 40) <= 1
    menu.close()


def _entry(menu: QMenu, text: str) -> None:
    (action,) = [one for one in menu.actions() if one.text() == text]
    action.trigger()
