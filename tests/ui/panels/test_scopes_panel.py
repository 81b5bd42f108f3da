"""Scopes ask only while they are seen and the playhead rests, and draw what they are given."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.pictures import ScopeAnswer
from app.session import Session
from app.view_state import ViewState
from engines.scopes import LumaCurve, ScopeData
from tests.ui.panels import fakes
from ui.panels.scope_views import KINDS
from ui.panels.scopes_panel import ScopesPanel


def data(level: int) -> ScopeData:
    """A flat picture of one level."""
    waveform = np.zeros((256, 40), np.int64)
    waveform[level] = 90
    parade = np.stack([waveform] * 3)
    around = np.zeros((256, 256), np.int64)
    around[128, 128] = 3600
    return ScopeData(waveform, parade, around, parade.sum(axis=2), 16.0, 235.0)


def panel(qtbot: QtBot, session: Session, bridge: Any, kind: str = "curve") -> ScopesPanel:
    made = ScopesPanel(session, bridge, ViewState())
    made.kind.setCurrentIndex(made.kind.findData(kind))
    fakes.hold(qtbot, made)
    made.resize(300, 400)
    return made


def test_nothing_is_asked_while_it_is_hidden(qtbot: QtBot) -> None:
    session, bridge = fakes.session(), fakes.bridge()
    made = panel(qtbot, session, bridge, "waveform")
    session.seek(4)
    qtbot.wait(150)
    assert bridge.asked == []
    made.show()
    qtbot.waitUntil(lambda: ("scope", "c1", 4) in bridge.asked)


def test_a_running_playhead_asks_once_it_rests(qtbot: QtBot) -> None:
    session, bridge = fakes.session(), fakes.bridge()
    made = panel(qtbot, session, bridge, "waveform")
    made.show()
    qtbot.waitUntil(lambda: bridge.count("scope") == 1)
    for frame in range(1, 9):
        session.seek(frame)
        qtbot.wait(20)
    qtbot.waitUntil(lambda: bridge.count("scope") == 2)
    assert bridge.asked[-1] == ("scope", "c1", 8)


def test_the_curve_is_asked_once_per_shot(qtbot: QtBot) -> None:
    session, bridge = fakes.session(), fakes.bridge()
    made = panel(qtbot, session, bridge)
    made.show()
    qtbot.waitUntil(lambda: bridge.count("curve") == 1)
    session.seek(5)
    qtbot.wait(150)
    assert bridge.count("curve") == 1
    session.seek(25)
    qtbot.waitUntil(lambda: bridge.asked[-1] == ("curve", "c1", 1))


@pytest.mark.parametrize("kind", KINDS)
def test_each_scope_draws_both_pictures_and_says_what_is_missing(qtbot: QtBot, kind: str) -> None:
    session, bridge = fakes.session(), fakes.bridge()
    made = panel(qtbot, session, bridge, kind)
    made.show()
    empty = made.views["source"].grab().toImage()
    bridge.scope_ready.emit(ScopeAnswer("c1", 0, data(120)))
    assert "not rendered" in made.captions["restored"].text()
    assert made.views["source"].grab().toImage() != empty
    bridge.scope_ready.emit(ScopeAnswer("c1", 0, data(120), data(60)))
    assert made.captions["restored"].text() == "Restored"


def test_an_answer_for_another_frame_is_not_shown(qtbot: QtBot) -> None:
    session, bridge = fakes.session(), fakes.bridge()
    made = panel(qtbot, session, bridge, "waveform")
    made.show()
    before = made.views["source"].grab().toImage()
    bridge.scope_ready.emit(ScopeAnswer("c1", 7, data(120)))
    assert made.views["source"].grab().toImage() == before


def test_the_curve_leaves_out_what_is_unknown_and_marks_the_playhead(qtbot: QtBot) -> None:
    session, bridge = fakes.session(), fakes.bridge()
    made = panel(qtbot, session, bridge)
    made.show()
    bridge.curve_ready.emit("c1", 0, LumaCurve(0, (0.2, 0.4, 0.3), (0.3, None, 0.3)))
    assert list(made.curve.source.getData()[1]) == pytest.approx([20, 40, 30])
    assert math.isnan(made.curve.restored.getData()[1][1])
    session.seek(2)
    assert list(made.curve.playhead.getData()[0]) == [2, 2]
    bridge.curve_ready.emit("c1", 1, LumaCurve(20, (0.9,), (0.9,)))
    assert len(made.curve.source.getData()[0]) == 3


def test_one_picture_may_be_chosen(qtbot: QtBot) -> None:
    session, bridge = fakes.session(), fakes.bridge()
    made = panel(qtbot, session, bridge, "histogram")
    made.which.setCurrentIndex(made.which.findData("restored"))
    assert list(made.views) == ["restored"]
