"""Pins and the lines below the picture that tell their colours."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.commands import add_stage
from app.pins import FrameChange, FramesApart, Pin, Pinned, pinned_of
from engines.colour.readout import Reading, apart
from tests.ui.viewer.kit import opened
from ui.viewer.viewer import Viewer

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
GREY = Reading((126.0, 128.0, 128.0), (0.5, 0.5, 0.5), (50.0, 0.0, 0.0))
REDDISH = Reading((126.0, 120.0, 140.0), (0.55, 0.48, 0.45), (50.0, 8.0, 4.0))


def point(viewer: Viewer, x: float, y: float) -> QPoint:
    return (QPointF(*viewer.canvas.transform().to_device(x + 0.5, y + 0.5)) / viewer.canvas.ratio).toPoint()


def test_the_first_click_pins_a_and_the_next_b(qtbot: QtBot) -> None:
    viewer, bridge = opened(qtbot)
    state, button = viewer.state, viewer.probe_bar.buttons["pin_a"]
    assert viewer.colour_bar.isHidden()
    QTest.mouseClick(button, LEFT)
    assert state.pinning == "pin_a"
    QTest.mouseClick(viewer.canvas, LEFT, NONE, point(viewer, 50, 40))
    assert state.pin_a == Pin(viewer.session.clip_id, 0, 50, 40)
    assert state.pinning == "pin_b"
    assert not button.isChecked()
    viewer.session.seek(4)
    QTest.mouseClick(viewer.canvas, LEFT, NONE, point(viewer, 90, 70))
    assert state.pin_b == Pin(viewer.session.clip_id, 4, 90, 70)
    assert state.pinning == ""
    assert [key[0] for key in bridge.questions] == ["pin_a", "pin_b"]
    assert not viewer.colour_bar.isHidden()
    viewer.unpin()
    assert viewer.colour_bar.isHidden()


def test_escape_ends_pinning_and_a_key_pins_under_the_pointer(qtbot: QtBot) -> None:
    viewer, _ = opened(qtbot)
    viewer.pin("pin_a")
    QTest.keyClick(viewer.canvas, Qt.Key.Key_Escape)
    assert viewer.state.pinning == ""
    assert viewer.state.pin_a is None
    QTest.mouseMove(viewer.canvas, point(viewer, 12, 13))
    viewer.pin("pin_a")
    assert viewer.state.pin_a == Pin(viewer.session.clip_id, 0, 12, 13)


def test_the_lines_tell_colours_and_differences(qtbot: QtBot) -> None:
    viewer, _ = opened(qtbot, window=(1500, 560))
    clip, probe, lines = viewer.session.clip_id, viewer.colour_probe, viewer.colour_bar.lines
    first, second = Pin(clip, 0, 50, 40), Pin(clip, 4, 90, 70)
    viewer.state.set("pin_a", first)
    assert "reading frame 0" in lines["pin_a"].text.text()
    viewer.state.set("pin_b", second)
    names = ("Y", "Cb", "Cr")
    probe._read.emit("pin_a", pinned_of(first, names, REDDISH, GREY), 0.001)
    probe._read.emit("pin_b", Pinned(second, names, GREY), 0.001)
    qtbot.waitUntil(lambda: not lines["between"].isHidden())
    told = lines["pin_a"].text.text()
    assert "R G B  55.0 48.0 45.0 % → 50.0 50.0 50.0 %" in told
    assert "Y Cb Cr  126.0 120.0 140.0 → 126.0 128.0 128.0" in told
    assert "f 0  x 50 px  y 40 px" in told
    assert "not rendered yet" in lines["pin_b"].text.text()
    assert lines["between"].text.text() == f"ΔE2000 source {apart(REDDISH, GREY):.2f}"
    QTest.mouseClick(lines["pin_b"].close_button, LEFT)
    assert viewer.state.pin_b is None
    assert lines["between"].isHidden()


def test_light_is_told_in_nits_where_frames_carry_it(qtbot: QtBot) -> None:
    viewer, _ = opened(qtbot, window=(1500, 560))
    pin = Pin(viewer.session.clip_id, 0, 50, 40)
    viewer.state.set("pin_a", pin)
    bright = Reading((600.0, 512.0, 512.0), (0.6, 0.6, 0.6), (100.0, 0.0, 0.0), (203.0, 203.0, 1203.4))
    viewer.colour_probe._read.emit("pin_a", pinned_of(pin, ("Y", "Cb", "Cr"), GREY, bright), 0.001)
    line = viewer.colour_bar.lines["pin_a"].text
    qtbot.waitUntil(lambda: "cd/m²" in line.text())
    assert "50.0 50.0 50.0 % → 203 203 1203 cd/m²" in line.text()


def test_the_frames_change_is_measured_while_it_is_asked_for(qtbot: QtBot) -> None:
    viewer, bridge = opened(qtbot, window=(1500, 560))
    line, session = viewer.colour_bar.lines["frame"], viewer.session
    QTest.mouseClick(viewer.probe_bar.buttons["measuring"], LEFT)
    assert bridge.questions[-1][0] == "frame change"
    assert "measuring…" in line.text.text()
    viewer.colour_probe._compared.emit(FrameChange(session.clip_id, 0, 3.214, 14.9))
    qtbot.waitUntil(lambda: "mean 3.21, largest 14.90" in line.text.text())
    asked = len(bridge.questions)
    session.seek(2)
    assert len(bridge.questions) == asked + 1
    assert "measuring…" in line.text.text(), "what was read belongs to another frame"
    QTest.mouseClick(line.close_button, LEFT)
    assert not viewer.state.measuring
    assert line.isHidden()


def test_two_frames_are_compared_as_wholes_where_the_pins_stand_in_two(qtbot: QtBot) -> None:
    viewer, bridge = opened(qtbot, window=(1500, 560))
    clip, probe = viewer.session.clip_id, viewer.colour_probe
    pins = (Pin(clip, 0, 50, 40), Pin(clip, 4, 90, 70))
    viewer.state.set("measuring", True)
    for name, pin in zip(("pin_a", "pin_b"), pins, strict=True):
        viewer.state.set(name, pin)
        probe._read.emit(name, Pinned(pin, ("Y", "Cb", "Cr"), GREY, GREY), 0.001)
    assert bridge.questions[-1][0] == "frames apart"
    probe._compared.emit(FramesApart(pins, 3.25, 1.125))
    line = viewer.colour_bar.lines["between"].text
    qtbot.waitUntil(lambda: "whole frames 0 and 4: source mean 3.25 → restored 1.12" in line.text())
    viewer.state.set("pin_b", replace(pins[1], frame=0))
    assert probe.apart is None


def test_what_is_slow_to_read_waits_until_nothing_is_dragged(qtbot: QtBot) -> None:
    viewer, bridge = opened(qtbot)
    session, probe = viewer.session, viewer.colour_probe
    pin = Pin(session.clip_id, 0, 50, 40)
    viewer.state.set("pin_a", pin)
    for seconds, asks in ((0.001, True), (0.5, False)):
        probe._read.emit("pin_a", Pinned(pin, ("Y",), GREY), seconds)
        qtbot.wait(20)
        session.begin("Drag")
        asked = len(bridge.questions)
        session.update(add_stage(session.document, session.clip_id, "grade" if asks else "fade"))
        assert (len(bridge.questions) > asked) == asks
        session.commit()
        assert bridge.questions[-1][0] == "pin_a"
        assert len(bridge.questions) > asked
