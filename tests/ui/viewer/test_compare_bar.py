from __future__ import annotations

from dataclasses import replace

import numpy as np
from pytestqt.qtbot import QtBot

from app.pictures import Picture, View, Want
from tests.ui.viewer.kit import opened
from ui.theme import style_sheet


def test_a_narrow_viewer_keeps_the_modes_and_drops_the_tools(qtbot: QtBot) -> None:
    viewer, _ = opened(qtbot)
    viewer.resize(1200, 500)
    assert viewer.bar.tools["brush"].isVisible()
    viewer.resize(viewer.minimumSizeHint().width(), 500)
    assert viewer.width() < 800
    assert not viewer.bar.tools["brush"].isVisible()
    assert viewer.bar.modes.isVisible()


def test_modes_stand_tight_where_their_words_would_be_cut(qtbot: QtBot) -> None:
    viewer, _ = opened(qtbot)
    viewer.setStyleSheet(style_sheet())
    modes = viewer.bar.modes
    usual = modes.usual_width()
    modes.make_room(usual - 1)
    assert modes.sizeHint().width() < usual - 100
    assert modes.usual_width() == usual
    modes.make_room(usual)
    assert modes.sizeHint().width() == usual


def test_bar_and_state_follow_each_other(qtbot: QtBot) -> None:
    viewer, _ = opened(qtbot)
    viewer.bar.tools["eraser"].click()
    viewer.bar.modes.button("side").click()
    assert (viewer.state.tool, viewer.state.compare) == ("eraser", "side")
    viewer.state.set("tool", "hand")
    viewer.state.set("compare", "source")
    assert viewer.bar.tools["hand"].isChecked()
    assert viewer.bar.modes.current() == "source"


def test_words_do_not_flicker_while_a_handle_is_held(qtbot: QtBot) -> None:
    """Approximate pictures follow each other, each outdated by the next step of the handle before it is there."""
    viewer, _ = opened(qtbot)
    picture = Picture(Want("c", 0, "restored", View(0, 0, 8, 8, 8, 8)), np.zeros((8, 8, 4), np.uint8), 2)
    said = set()
    for shown in (picture, replace(picture, stale=True), picture):
        viewer.bar.show_status(viewer.canvas.transform(), True, [shown])
        said.add(viewer.bar.truth.text())
    assert len(said) == 1
    viewer.bar.show_status(viewer.canvas.transform(), True, [replace(picture, reduction=1, stale=True)])
    assert viewer.bar.truth.text() not in said
