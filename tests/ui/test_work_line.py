"""Background work in the status bar: told in a sentence, stopped and taken up again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.analysis_desk import AnalysisDesk
from app.session import Session
from app.shot_desk import ShotProgress
from tests.ui.panels import fakes
from ui.work_line import WorkLine


@pytest.fixture
def desk(qapp: object) -> Iterator[AnalysisDesk]:
    made = AnalysisDesk(Session())
    yield made
    made.close()


def test_it_tells_how_far_the_work_is_and_stops_it(desk: AnalysisDesk, qtbot: QtBot) -> None:
    made = WorkLine(desk, "Analysis", "Analysing {shot} for {stages}: {percent}", "Analysis stopped")
    fakes.hold(qtbot, made)
    assert made.isHidden()
    desk.progressed.emit(ShotProgress("c1", 2, "Shot 3", ("stabilise", "deflicker"), 0.4))
    assert made.text.text() == "Analysing Shot 3 for stabilise, deflicker: 40 %"
    assert made.button.accessibleName() == "Analysis: Stop"
    QTest.mouseClick(made.button, Qt.MouseButton.LeftButton)
    assert desk.stopped
    assert made.text.text() == "Analysis stopped"
    assert made.button.accessibleName() == "Analysis: Go on"
    QTest.mouseClick(made.button, Qt.MouseButton.LeftButton)
    assert not desk.stopped
    desk.progressed.emit(None)
    assert made.isHidden()
