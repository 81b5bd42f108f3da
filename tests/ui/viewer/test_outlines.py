"""Over the picture: proposals outlined by their state, regions of settings drawn by a drag."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app import commands
from app.proposals_desk import ProposalsDesk
from tests.app.found_kit import propose
from tests.ui.viewer.kit import opened
from ui.theme import colour
from ui.viewer.viewer import Viewer

SIZE = (320, 240)


@pytest.fixture
def viewer(qtbot: QtBot) -> Viewer:
    made, _ = opened(qtbot, SIZE)
    made.state.set("compare", "restored")
    for stage in ("dirt", "stabilise"):
        made.session.do("Add", commands.add_stage(made.session.document, made.session.clip_id, stage))
    return made


@pytest.fixture
def desk(viewer: Viewer) -> Iterator[ProposalsDesk]:
    made = ProposalsDesk(viewer.session)
    viewer.canvas.show_proposals(made)
    yield made
    made.close()


def point(viewer: Viewer, x: float, y: float) -> QPoint:
    device = viewer.canvas.transform().to_device(x, y)
    return (QPointF(*device) / viewer.canvas.ratio).toPoint()


def near(viewer: Viewer, x: float, y: float, token: str) -> int:
    """How many of the pixels around a place have just that colour."""
    picture, middle, wanted = viewer.canvas.grab().toImage(), point(viewer, x, y), colour(token)
    places = [QPoint(middle.x() + dx, middle.y() + dy) for dx in range(-30, 31) for dy in range(-30, 31)]
    return sum(_close(picture.pixelColor(place), wanted) for place in places)


def _close(one: QColor, other: QColor) -> bool:
    pairs = ((one.red(), other.red()), (one.green(), other.green()), (one.blue(), other.blue()))
    return max(abs(a - b) for a, b in pairs) < 40


def test_proposals_are_outlined_by_their_state(viewer: Viewer, desk: ProposalsDesk) -> None:
    propose(desk, viewer.session.clip_id, 0, size=SIZE)
    assert near(viewer, 12, 12, "mask") > 20
    assert near(viewer, 43, 23, "mask") == 0
    desk.choose(0, ("dirt", 0))
    desk.decide(accept=False)
    assert near(viewer, 12, 12, "protect") > 20
    viewer.state.set("proposals_shown", False)
    viewer.state.set("masks_shown", False)
    assert near(viewer, 12, 12, "protect") == 0


def test_a_click_takes_a_proposal_in_hand(viewer: Viewer, desk: ProposalsDesk) -> None:
    propose(desk, viewer.session.clip_id, 0, size=SIZE)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(viewer.canvas, left, none, point(viewer, 43, 23))
    assert desk.current is not None
    assert desk.current.proposal.area == 36
    QTest.mouseClick(viewer.canvas, left, none, point(viewer, 200, 200))
    assert desk.current.proposal.area == 36, "a click beside it changes nothing"


def test_the_one_in_hand_comes_into_sight(viewer: Viewer, desk: ProposalsDesk) -> None:
    propose(desk, viewer.session.clip_id, 0, size=SIZE)
    viewer.zoom_to(1600)
    desk.choose(0, ("dirt", 0))
    left, top, right, bottom = viewer.canvas.transform().area()
    x, y = viewer.canvas.transform().to_device(12, 12)
    assert left < x < right
    assert top < y < bottom


def test_a_drag_draws_the_region_that_a_setting_waits_for(viewer: Viewer) -> None:
    state, session = viewer.state, viewer.session
    state.set("stage", "stabilise")
    state.set("drawing", ("stabilise", "region"))
    canvas, none = viewer.canvas, Qt.KeyboardModifier.NoModifier
    assert canvas.cursor().shape() == Qt.CursorShape.CrossCursor
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, none, point(viewer, 200, 160))
    QTest.mouseMove(canvas, point(viewer, 120, 100))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, none, point(viewer, 100, 80))
    assert session.clip is not None
    use = session.clip.shots[0].stage("stabilise")
    assert use is not None
    x, y, width, height = (int(part) for part in use.settings["region"].split(","))
    assert abs(x - 100) <= 1
    assert abs(y - 80) <= 1
    assert abs(width - 100) <= 2
    assert abs(height - 80) <= 2
    assert state.drawing is None
    assert near(viewer, 100, 120, "accent") > 10
    session.undo()
    use = session.clip.shots[0].stage("stabilise")
    assert use is not None
    assert "region" not in use.settings


def test_a_click_or_escape_leaves_the_region_as_it_was(viewer: Viewer) -> None:
    state, canvas = viewer.state, viewer.canvas
    before = viewer.session.document
    state.set("drawing", ("stabilise", "region"))
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point(viewer, 50, 50))
    assert state.drawing is not None, "a click is no rectangle"
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point(viewer, 50, 50))
    QTest.mouseMove(canvas, point(viewer, 90, 90))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert state.drawing is None
    assert viewer.session.document is before
