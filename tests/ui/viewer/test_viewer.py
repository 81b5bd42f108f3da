from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.view_state import COMPARE_MODES
from tests.ui.viewer.kit import GREY, AnsweringBridge, opened
from ui.viewer.compare import Wipe
from ui.viewer.viewer import Viewer

_LEFT = Qt.MouseButton.LeftButton


def _at(viewer: Viewer, x: float, y: float) -> QPoint:
    """A point of the canvas by source pixels."""
    device = viewer.canvas.transform().to_device(x, y)
    return (QPointF(*device) / viewer.canvas.ratio).toPoint()


def _drag(viewer: Viewer, start: tuple[float, float], end: tuple[float, float], button: Qt.MouseButton = _LEFT) -> None:
    canvas = viewer.canvas
    a, b = _at(viewer, *start), _at(viewer, *end)
    QTest.mousePress(canvas, button, Qt.KeyboardModifier.NoModifier, a)
    for step in range(1, 6):
        QTest.mouseMove(canvas, a + (b - a) * step / 5)
    QTest.mouseRelease(canvas, button, Qt.KeyboardModifier.NoModifier, b)


def _colour(viewer: Viewer, x: float, y: float) -> QColor:
    picture = viewer.canvas.grab().toImage()
    point = QPointF(*viewer.canvas.transform().to_device(x, y)).toPoint()
    return picture.pixelColor(point)


def _painted(viewer: Viewer, frame: int) -> float:
    clip = viewer.session.clip
    assert clip is not None
    plane = clip.layer(viewer.state.layer).get(frame)
    return float(plane.coverage().sum()) / 255 if plane else 0.0


@pytest.mark.parametrize("mode", COMPARE_MODES)
def test_every_mode_shows_its_pictures(qtbot: QtBot, mode: str) -> None:
    viewer, bridge = opened(qtbot)
    viewer.state.set("compare", mode)
    expected = {"wipe": ("source", "restored"), "side": ("source", "restored"), "blink": ("source", "restored")}
    assert tuple(want.kind for want in bridge.asked[-1]) == expected.get(mode, (mode,))
    assert len({want.view for want in bridge.asked[-1]}) == 1
    grey = _colour(viewer, 40, 120).red()
    assert grey - GREY[bridge.asked[-1][0].kind] in range(46)


def test_the_wipe_shows_source_left_and_restored_right_of_its_edge(qtbot: QtBot) -> None:
    viewer, _ = opened(qtbot)
    viewer.state.set("compare", "wipe")
    assert _colour(viewer, 80, 120).red() < 110
    assert _colour(viewer, 240, 120).red() > 150
    _drag(viewer, (160, 120), (280, 120))
    assert _colour(viewer, 240, 120).red() < 110
    QTest.mouseDClick(viewer.canvas, _LEFT, Qt.KeyboardModifier.NoModifier, _at(viewer, 280, 120))
    assert viewer.canvas.wipe == Wipe()


def test_the_wipe_turns_by_its_ends(qtbot: QtBot) -> None:
    viewer, _ = opened(qtbot)
    viewer.state.set("compare", "wipe")
    _drag(viewer, (160, 10), (280, 120))
    assert abs(viewer.canvas.wipe.angle) > 1.2


def test_blink_alternates_only_while_it_blinks(qtbot: QtBot) -> None:
    viewer, _ = opened(qtbot)
    viewer.state.set("compare", "blink")
    first = _colour(viewer, 40, 120).red()
    qtbot.waitUntil(lambda: abs(_colour(viewer, 40, 120).red() - first) > 50)
    viewer.state.set("compare", "source")
    assert not viewer.canvas._blink.isActive()


def test_holding_source_overrules_the_mode(qtbot: QtBot) -> None:
    viewer, _ = opened(qtbot)
    viewer.state.set("compare", "restored")
    assert _colour(viewer, 40, 120).red() > 150
    viewer.state.set("holding_source", True)
    assert _colour(viewer, 40, 120).red() < 110


def test_the_old_picture_stays_until_the_new_one_comes(qtbot: QtBot) -> None:
    viewer, bridge = opened(qtbot)
    bridge.late, outdated = True, bridge.asked[-1][0]
    viewer.zoom_to(400.0)
    assert _colour(viewer, 160, 120).red() in range(55, 110)
    assert "rendering" in viewer.bar.truth.text()
    bridge.picture_ready.emit(bridge.answer(outdated))
    assert "rendering" in viewer.bar.truth.text(), "an answer that nobody wants any more was taken"
    bridge.reduction = 2
    bridge.picture_ready.emit(bridge.answer(bridge.asked[-1][0]))
    assert viewer.bar.truth.text().endswith("approx, 1/2 res")
    bridge.reduction = 1
    bridge.picture_ready.emit(bridge.answer(bridge.asked[-1][0]))
    assert viewer.bar.truth.text().endswith("exact")
    assert viewer.bar.zoom.text() == "400 %"


def test_a_failure_is_a_sentence_with_a_shape(qtbot: QtBot) -> None:
    viewer, bridge = opened(qtbot)
    before = viewer.canvas.grab().toImage()
    bridge.failure = "Frame 0 cannot be read."
    viewer.canvas.refresh(again=True)
    assert viewer.bar.truth.text() == "▲ failed"
    assert viewer.canvas.grab().toImage() != before


def test_one_gesture_is_one_step(qtbot: QtBot) -> None:
    viewer, _ = opened(qtbot)
    viewer.state.set("tool", "brush")
    viewer.state.set("brush_size", 20.0)
    _drag(viewer, (60, 60), (160, 60))
    assert viewer.session.undo_name == "Paint frame 0"
    assert _painted(viewer, 0) == pytest.approx(100 * 20 + 314, rel=0.05)
    viewer.session.undo()
    assert _painted(viewer, 0) == 0
    viewer.session.redo()
    assert _painted(viewer, 0) > 2000


def test_what_is_painted_is_seen_while_it_is_painted(qtbot: QtBot) -> None:
    viewer, _ = opened(qtbot)
    viewer.state.set("tool", "brush")
    before = _colour(viewer, 100, 60)
    QTest.mousePress(viewer.canvas, _LEFT, Qt.KeyboardModifier.NoModifier, _at(viewer, 60, 60))
    QTest.mouseMove(viewer.canvas, _at(viewer, 140, 60))
    after = _colour(viewer, 100, 60)
    assert after.blue() - before.blue() > 20
    QTest.keyClick(viewer.canvas, Qt.Key.Key_Escape)
    assert _colour(viewer, 100, 60) == before
    QTest.mouseRelease(viewer.canvas, _LEFT, Qt.KeyboardModifier.NoModifier, _at(viewer, 140, 60))
    assert _painted(viewer, 0) == 0


def test_the_overlay_after_a_stroke_equals_a_fresh_one(qtbot: QtBot) -> None:
    viewer, _ = opened(qtbot)
    viewer.state.set("tool", "brush")
    _drag(viewer, (60, 60), (200, 150))
    viewer.canvas.pointer.leave()
    kept = viewer.canvas.grab().toImage()
    viewer.canvas.layers.forget()
    assert viewer.canvas.grab().toImage() == kept


def test_the_right_button_erases(qtbot: QtBot) -> None:
    viewer, _ = opened(qtbot)
    viewer.state.set("tool", "brush")
    _drag(viewer, (60, 60), (200, 60))
    _drag(viewer, (50, 60), (210, 60), Qt.MouseButton.RightButton)
    assert viewer.session.undo_name == "Erase on frame 0"
    assert _painted(viewer, 0) < 100


@pytest.mark.parametrize(("tool", "area"), [("rectangle", 51 * 41), ("line", 24 * 64 + 452)])
def test_shapes_are_painted_when_let_go(qtbot: QtBot, tool: str, area: float) -> None:
    viewer, _ = opened(qtbot)
    viewer.state.set("tool", tool)
    _drag(viewer, (50, 50), (100, 90))
    assert _painted(viewer, 0) == pytest.approx(area, rel=0.06)


def test_a_lasso_fills_what_it_encloses(qtbot: QtBot) -> None:
    viewer, _ = opened(qtbot)
    viewer.state.set("tool", "lasso")
    canvas, corners = viewer.canvas, [(50, 50), (150, 50), (150, 150), (50, 150)]
    QTest.mousePress(canvas, _LEFT, Qt.KeyboardModifier.NoModifier, _at(viewer, *corners[0]))
    for corner in corners[1:]:
        QTest.mouseMove(canvas, _at(viewer, *corner))
    QTest.mouseRelease(canvas, _LEFT, Qt.KeyboardModifier.NoModifier, _at(viewer, *corners[-1]))
    assert _painted(viewer, 0) == pytest.approx(100 * 100, rel=0.04)


def test_another_frame_ends_the_stroke(qtbot: QtBot) -> None:
    viewer, _ = opened(qtbot)
    viewer.state.set("tool", "brush")
    QTest.mousePress(viewer.canvas, _LEFT, Qt.KeyboardModifier.NoModifier, _at(viewer, 60, 60))
    viewer.session.seek(1)
    QTest.mouseMove(viewer.canvas, _at(viewer, 200, 60))
    QTest.mouseRelease(viewer.canvas, _LEFT, Qt.KeyboardModifier.NoModifier, _at(viewer, 200, 60))
    assert _painted(viewer, 0) == pytest.approx(452, rel=0.1)
    assert _painted(viewer, 1) == 0


def test_undo_under_the_brush_takes_the_stroke_along(qtbot: QtBot) -> None:
    viewer, _ = opened(qtbot)
    viewer.state.set("tool", "brush")
    _drag(viewer, (60, 60), (100, 60))
    QTest.mousePress(viewer.canvas, _LEFT, Qt.KeyboardModifier.NoModifier, _at(viewer, 60, 160))
    viewer.session.undo()
    QTest.mouseMove(viewer.canvas, _at(viewer, 100, 160))
    QTest.mouseRelease(viewer.canvas, _LEFT, Qt.KeyboardModifier.NoModifier, _at(viewer, 100, 160))
    assert _painted(viewer, 0) == 0
    assert viewer.session.undo_name == "Add clip"


def test_the_keyboard_paints_too(qtbot: QtBot) -> None:
    viewer, _ = opened(qtbot)
    viewer.state.set("tool", "brush")
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(viewer.canvas, Qt.Key.Key_Right, keys)
    QTest.keyClick(viewer.canvas, Qt.Key.Key_Return)
    clip = viewer.session.clip
    assert clip is not None
    assert clip.damage[0].coverage()[120, 168] == 255
    viewer.state.set("tool", "rectangle")
    QTest.keyClick(viewer.canvas, Qt.Key.Key_Return)
    for _ in range(4):
        QTest.keyClick(viewer.canvas, Qt.Key.Key_Down, keys)
    QTest.keyClick(viewer.canvas, Qt.Key.Key_Right, keys)
    QTest.keyClick(viewer.canvas, Qt.Key.Key_Return)
    assert viewer.session.clip is not None
    assert viewer.session.clip.damage[0].coverage()[120:152, 168:176].min() == 255


def test_frames_are_copied_spanned_cleared_and_repeated(qtbot: QtBot) -> None:
    viewer, _ = opened(qtbot)
    viewer.state.set("tool", "brush")
    _drag(viewer, (60, 60), (100, 60))
    area = _painted(viewer, 0)
    viewer.copy_to_next()
    assert viewer.session.playhead == 1
    assert _painted(viewer, 1) == area
    viewer.clear_frame()
    assert _painted(viewer, 1) == 0
    assert viewer.can_repeat()
    viewer.repeat_last()
    assert _painted(viewer, 1) == area
    viewer.span()
    assert [_painted(viewer, frame) for frame in range(10)] == [area] * 10
    viewer.session.undo()
    assert _painted(viewer, 5) == 0


def test_middle_drag_pans_and_a_held_key_does_too(qtbot: QtBot) -> None:
    viewer, _ = opened(qtbot)
    viewer.state.set("tool", "brush")
    viewer.zoom_to(400.0)
    before = viewer.canvas.transform().left
    _drag(viewer, (160, 120), (170, 120), Qt.MouseButton.MiddleButton)
    assert viewer.canvas.transform().left == before + 40
    viewer.hold_to_pan(True)
    assert not viewer.hold_to_pan(False)
    viewer.hold_to_pan(True)
    _drag(viewer, (160, 120), (150, 120))
    assert viewer.hold_to_pan(False)
    assert viewer.canvas.transform().left == before
    assert _painted(viewer, 0) == 0
    viewer.fit()
    assert viewer.bar.zoom.text().startswith("fit ")


def test_the_probe_reads_the_pixel_under_the_pointer(qtbot: QtBot) -> None:
    viewer, bridge = opened(qtbot)
    QTest.mouseMove(viewer.canvas, _at(viewer, 100.5, 50.5))
    qtbot.waitUntil(lambda: bool(bridge.probed))
    assert bridge.probed == [(0, 100, 50)]
    assert "Y  64" in viewer.probe_bar._text.text()
    assert "ADJUSTED" in viewer.probe_bar._text.text()


def test_without_a_clip_it_says_what_to_do(qtbot: QtBot) -> None:
    viewer, _ = opened(qtbot)
    session = viewer.session
    session.set_clip("")
    assert viewer.welcome.isVisible()
    viewer.set_recent(["/films/a.tratteggio"])
    item = viewer.welcome._recent.itemAt(1)
    button = item.widget() if item is not None else None
    assert button is not None
    with qtbot.waitSignal(viewer.recent_requested) as asked:
        QTest.mouseClick(button, _LEFT)
    assert asked.args == ["/films/a.tratteggio"]


def test_brush_keys_stay_within_bounds(qtbot: QtBot) -> None:
    viewer, _ = opened(qtbot)
    for _ in range(60):
        viewer.larger()
        viewer.harder()
    assert (viewer.state.brush_size, viewer.state.brush_hardness) == (500.0, 1.0)
    for _ in range(60):
        viewer.smaller()
        viewer.softer()
    assert (viewer.state.brush_size, viewer.state.brush_hardness) == (1.0, 0.0)


def test_the_bridge_is_asked_once_for_the_same_view(qtbot: QtBot) -> None:
    viewer, bridge = opened(qtbot)
    count = len(bridge.asked)
    viewer.canvas.refresh()
    assert len(bridge.asked) == count
    assert isinstance(bridge, AnsweringBridge)
