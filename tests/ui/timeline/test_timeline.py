"""The timeline as a person uses it: scrub, zoom, move cuts and ends; and that it stays quick and still."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import repeat
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.document import Document, ShotWork
from app.mask_plane import MaskPlane
from app.pictures import CacheState
from app.render_bridge import RenderBridge
from app.session import Session
from app.view_state import ViewState
from tests.ui.timeline.stand import StandInBridge, session
from ui.theme import T
from ui.timeline.canvas import NAMES_WIDTH
from ui.timeline.scale import CLOSEST, Scale
from ui.timeline.timeline import Timeline

READY: CacheState = "ready"
APPROXIMATE: CacheState = "approximate"
FAILED: CacheState = "failed"


class Table:
    """A timeline on the screen, and places on it."""

    def __init__(self, qtbot: QtBot, work: Session, bridge: StandInBridge | None = None) -> None:
        self.session, self.bridge, self.state = work, bridge or StandInBridge(), ViewState()
        self.timeline = Timeline(work, cast(RenderBridge, self.bridge), self.state)
        qtbot.addWidget(self.timeline)
        self.timeline.resize(1120, 330)
        self.timeline.show()
        self.canvas = self.timeline.canvas

    def at(self, lane: str, frame: float) -> QPoint:
        top = self.canvas.tops[lane] + self.canvas.lanes[lane].height // 2
        return QPoint(round(NAMES_WIDTH + self.canvas.scale.x(frame)), top)

    def drag(self, lane: str, start: float, end: float) -> None:
        QTest.mousePress(self.canvas, Qt.MouseButton.LeftButton, pos=self.at(lane, start))
        QTest.mouseMove(self.canvas, self.at(lane, (start + end) / 2))
        QTest.mouseMove(self.canvas, self.at(lane, end))
        QTest.mouseRelease(self.canvas, Qt.MouseButton.LeftButton, pos=self.at(lane, end))

    def image(self) -> QImage:
        return self.canvas.grab().toImage()


@pytest.fixture
def table(qtbot: QtBot) -> Table:
    return Table(qtbot, session())


def test_the_whole_clip_is_in_sight_at_first(table: Table) -> None:
    assert table.canvas.scale.visible == (0, 47)
    assert table.canvas.scale.whole


def test_dragging_on_the_ruler_scrubs(table: Table) -> None:
    seen: list[int] = []
    table.session.playhead_changed.connect(seen.append)
    table.drag("ruler", 10.5, 20.5)
    assert seen == [10, 15, 20]
    assert table.session.undo_name == ""


def test_a_cut_is_dragged_in_one_step(table: Table) -> None:
    table.drag("shots", 19, 25)
    clip = table.session.clip
    assert clip is not None
    assert [shot.start for shot in clip.shots] == [0, 25, 38]
    assert table.session.undo_name == "Move cut"
    table.session.undo()
    assert table.session.clip is not None
    assert table.session.clip.shots[1].start == 19
    assert table.session.undo_name == ""


def test_escape_gives_a_dragged_cut_back(table: Table) -> None:
    QTest.mousePress(table.canvas, Qt.MouseButton.LeftButton, pos=table.at("shots", 19))
    QTest.mouseMove(table.canvas, table.at("shots", 25))
    QTest.keyClick(table.timeline, Qt.Key.Key_Escape)
    QTest.mouseRelease(table.canvas, Qt.MouseButton.LeftButton, pos=table.at("shots", 25))
    assert table.session.clip is not None
    assert table.session.clip.shots[1].start == 19
    assert not table.session.gesturing


def test_the_ends_of_the_range_are_dragged(qtbot: QtBot) -> None:
    table = Table(qtbot, session(in_point=10, out_point=30))
    table.drag("ruler", 10, 14)
    table.drag("ruler", 31, 41)
    assert table.session.clip is not None
    assert (table.session.clip.in_point, table.session.clip.out_point) == (14, 40)
    assert table.session.undo_name == "Move out point"


def test_a_shot_is_renamed_where_it_stands(table: Table) -> None:
    QTest.mouseDClick(table.canvas, Qt.MouseButton.LeftButton, pos=table.at("shots", 25))
    editor = table.canvas.findChild(QLineEdit)
    assert editor is not None
    assert editor.text() == "Shot 2"
    editor.setText("Harbour")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert table.session.clip is not None
    assert table.session.clip.shots[1].name == "Harbour"


def test_keys_step_and_zoom(table: Table) -> None:
    table.session.seek(20)
    QTest.keyClick(table.timeline, Qt.Key.Key_Right)
    QTest.keyClick(table.timeline, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert table.session.playhead == 11
    before = table.canvas.scale.per_frame
    QTest.keyClick(table.timeline, Qt.Key.Key_Plus)
    assert table.canvas.scale.per_frame > before
    QTest.keyClick(table.timeline, Qt.Key.Key_0)
    assert table.canvas.scale.whole


def test_the_page_turns_when_the_playhead_leaves_it(table: Table) -> None:
    table.canvas.set_scale(table.canvas.scale.zoomed(4, 0))
    assert table.canvas.scale.visible[1] < 20
    table.session.seek(30)
    first, last = table.canvas.scale.visible
    assert first <= 30 <= last


def test_zoom_keeps_what_is_under_the_pointer() -> None:
    scale = Scale.fitted(1000, 800)
    near = scale.zoomed(5, 300)
    assert near.first + 300 / near.per_frame == pytest.approx(scale.first + 300 / scale.per_frame)
    assert scale.zoomed(1e9, 10).per_frame == CLOSEST
    assert near.zoomed(1e-9, 10).whole


def test_the_playhead_is_one_pixel_wide(table: Table) -> None:
    table.session.seek(30)
    image = table.image()
    ratio = image.devicePixelRatio()
    y = round((table.canvas.tops["flagged"] + 3) * ratio)
    bright = [x for x in range(image.width()) if image.pixelColor(x, y).name() == T.bright]
    assert len(bright) == 1


def test_nothing_but_the_playhead_moves_while_scrubbing(qtbot: QtBot) -> None:
    """Between two frames of one shot only the old and the new place of the playhead may look different."""
    table = Table(qtbot, session())
    table.session.seek(22)
    QTest.qWait(80)
    before = table.image()
    table.session.seek(30)
    after = table.image()
    changed = {
        x
        for x in range(0, before.width())
        for y in range(0, before.height(), 3)
        if before.pixel(x, y) != after.pixel(x, y)
    }
    ratio = before.devicePixelRatio()
    places = [NAMES_WIDTH + table.canvas.scale.x(frame + 0.5) for frame in (22, 30)]
    assert changed
    assert all(min(abs(x / ratio - place) for place in places) < 8 for x in changed)


def test_thumbnails_are_asked_for_once_and_only_those_in_sight(qtbot: QtBot) -> None:
    bridge = StandInBridge()
    table = Table(qtbot, session(15000), bridge)
    qtbot.waitUntil(lambda: bool(bridge.asked) and not table.canvas.film.missing)
    assert 5 < len(bridge.asked) < 40
    asked = len(bridge.asked)
    table.session.seek(7000)
    QTest.qWait(80)
    assert len(bridge.asked) == asked


def test_a_clip_that_came_since_is_not_asked_for_the_frames_of_the_one_before(qtbot: QtBot) -> None:
    """Two clips, one shorter: what is missing belongs to the clip that was painted, however late that is asked for."""
    bridge, long, short = StandInBridge(), session(48), session(3)
    bridge.slow = True
    clip = replace(short.document.clips[0], id="short", shots=(ShotWork(0),))
    table = Table(qtbot, Session(Document((*long.document.clips, clip))), bridge)
    qtbot.waitUntil(lambda: bool(table.canvas.film.missing))
    bridge.wanted.clear()
    # The new clip's lane is not painted before the asking is due.
    table.canvas.setUpdatesEnabled(False)
    table.session.set_clip("short")
    table.canvas._ask_missing()
    assert bridge.wanted == []
    table.canvas.setUpdatesEnabled(True)
    qtbot.waitUntil(lambda: bool(bridge.wanted))
    assert all(name == "short" and frame < 3 for name, frame in bridge.wanted)


def test_states_differ_by_shape_as_well_as_colour(qtbot: QtBot) -> None:
    """In grey, the cache lane's three states still cover different amounts of their stretch."""
    bridge = StandInBridge()
    bridge.states = [*repeat(READY, 16), *repeat(APPROXIMATE, 16), *repeat(FAILED, 16)]
    table = Table(qtbot, session(), bridge)
    image, top = table.image(), table.canvas.tops["cache"]

    def covered(first: int, last: int) -> float:
        left, right = (round(NAMES_WIDTH + table.canvas.scale.x(frame)) for frame in (first, last))
        spots = [(x, y) for x in range(left + 2, right - 2) for y in range(top, top + 10)]
        return sum(image.pixelColor(x, y).name() != T.field for x, y in spots) / len(spots)

    ready, approximate, failed = covered(0, 16), covered(16, 30), covered(33, 48)
    assert ready > 0.75
    assert abs(ready - approximate) > 0.15
    assert abs(approximate - failed) > 0.1


def test_ten_minutes_paint_quickly(qtbot: QtBot) -> None:
    bridge = StandInBridge()
    bridge.shares = {frame: frame % 97 / 97 for frame in range(15000)}
    paint = MaskPlane.of(np.full((64, 96), 255, np.uint8))
    table = Table(qtbot, session(15000, damage=dict.fromkeys(range(0, 15000, 3), paint)), bridge)
    bridge.states = [*repeat(READY, 9000), *repeat(APPROXIMATE, 500), *repeat(FAILED, 5500)]
    bridge.cache_changed.emit("c")
    took = []
    for frame in range(0, 15000, 500):
        start = time.process_time()
        table.session.seek(frame)
        table.canvas.repaint()
        took.append(time.process_time() - start)
    assert sorted(took)[len(took) // 2] < 0.008
    start = time.process_time()
    for _ in range(5):
        bridge.cache_changed.emit("c")
        table.canvas.repaint()
    assert (time.process_time() - start) / 5 < 0.030


def test_without_a_clip_nothing_breaks(qtbot: QtBot) -> None:
    table = Table(qtbot, Session())
    QTest.mouseClick(table.canvas, Qt.MouseButton.LeftButton, pos=QPoint(300, 50))
    QTest.keyClick(table.timeline, Qt.Key.Key_Right)
    assert table.image().width() > 0
    assert table.session.playhead == 0
