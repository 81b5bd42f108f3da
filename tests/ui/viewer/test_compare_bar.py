from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.ui.viewer.kit import opened


def test_a_narrow_viewer_keeps_the_modes_and_drops_the_tools(qtbot: QtBot) -> None:
    viewer, _ = opened(qtbot)
    viewer.resize(1200, 500)
    assert viewer.bar.tools["brush"].isVisible()
    viewer.resize(viewer.minimumSizeHint().width(), 500)
    assert viewer.width() < 800
    assert not viewer.bar.tools["brush"].isVisible()
    assert viewer.bar.modes.isVisible()


def test_bar_and_state_follow_each_other(qtbot: QtBot) -> None:
    viewer, _ = opened(qtbot)
    viewer.bar.tools["eraser"].click()
    viewer.bar.modes.button("side").click()
    assert (viewer.state.tool, viewer.state.compare) == ("eraser", "side")
    viewer.state.set("tool", "hand")
    viewer.state.set("compare", "source")
    assert viewer.bar.tools["hand"].isChecked()
    assert viewer.bar.modes.current() == "source"
