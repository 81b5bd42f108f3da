"""Forensic mode in the real window: the badge nobody can miss, what is locked and why, one click that puts right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app import commands
from app.export.case import CaseFacts
from app.forensic.rules import obstacles
from tests.clips import write_clip
from tests.ui.stand import Stand, stand
from ui.dialogs.forensic_dialog import ForensicDialog


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    monkeypatch.setenv("TRATTEGGIO_HOME", str(tmp_path / "home"))
    clip = write_clip(tmp_path / "clip.mkv", frames=4)
    with stand(qtbot) as made:
        made.drop_whole(clip)
        yield made


def switch_on(stand: Stand) -> None:
    stand.window.book.trigger("forensic.mode")
    dialog = stand.dialog()
    assert isinstance(dialog, ForensicDialog)
    dialog.mend.click()
    stand.qtbot.waitUntil(lambda: not stand.dialogs())


def test_the_badge_and_one_step_that_puts_everything_right(window: Stand) -> None:
    session, badge = window.session, window.window.badge
    session.do("Detail", commands.set_enabled(session.document, session.clip_id, 0, "detail", True))
    session.do("Slider", commands.set_slider(session.document, session.clip_id, 0, 0.5))
    before = session.document
    assert not badge.isVisible()
    window.window.book.trigger("forensic.mode")
    dialog = window.dialog()
    assert isinstance(dialog, ForensicDialog)
    assert len(dialog.reasons) == 2
    assert not session.document.forensic
    dialog.reject()
    assert session.document is before
    switch_on(window)
    assert session.document.forensic
    assert obstacles(session.document) == ()
    assert badge.isVisible()
    session.do("Case", commands.set_case(session.document, CaseFacts("2026-17", "A/3")))
    assert badge.case.text() == "2026-17 · A/3"
    window.station.state.set("viewer_only", True)
    assert badge.isVisible()
    window.station.state.set("viewer_only", False)
    session.undo()
    session.undo()
    assert session.document == before
    assert not badge.isVisible()


def test_the_slider_and_what_invents_are_locked_with_the_reason(window: Stand) -> None:
    session, main = window.session, window.window
    session.do("Detail", commands.set_enabled(session.document, session.clip_id, 0, "detail", True))
    switch_on(window)
    fidelity = main.fidelity
    assert not fidelity.track.isEnabled()
    assert fidelity.track.value() == 0
    assert "invented" in fidelity.track.toolTip()
    cards = {card.name: card for card in main.stages.cards}
    spatial, feather = (cards["inpaint"].rows[key] for key in ("spatial", "feather"))
    assert not spatial.isEnabled()
    assert "Forensic mode" in spatial.toolTip()
    assert feather.isEnabled()
    assert not cards["detail"].rows["perceptual"].isEnabled()
    cards["inpaint"].reset()
    assert obstacles(session.document) == ()
    before = session.document
    main.book.trigger("stage.perceptual")
    assert session.document is before
    assert "Forensic mode refuses" in window.said[-1].sentence
    main.stages.add("model")
    assert session.document is before
    assert "refuses stage model" in window.said[-1].sentence
    # Off again, everything is as free as it was, with the tips it had.
    main.badge.button.click()
    window.press("Switch off")
    window.qtbot.waitUntil(lambda: not session.document.forensic)
    assert spatial.isEnabled()
    assert "Forensic mode" not in spatial.toolTip()
    assert fidelity.track.isEnabled()


def test_a_project_that_was_edited_by_hand_says_what_is_in_the_way(window: Stand) -> None:
    session, badge = window.session, window.window.badge
    session.load(commands.set_forensic(session.document, True))
    assert badge.promise.text() == "1 stage is in the way: nothing can be exported"
    badge.button.click()
    dialog = window.dialog()
    assert isinstance(dialog, ForensicDialog)
    dialog.mend.click()
    assert "No synthesised pixel leaves" in badge.promise.text()


def test_regions_are_listed_gone_to_and_reverted(window: Stand) -> None:
    session, main = window.session, window.window
    session.do("Cuts", commands.set_cuts(session.document, session.clip_id, range(4)))
    for frame in (1, 3):
        window.paint(frame)
    panel, desk = main.regions, main.desks.regions
    assert not panel.buttons["region.next"].isEnabled()
    panel.buttons["region.search"].click()
    window.qtbot.waitUntil(lambda: desk.looked_at == 4 and not desk.working)
    window.qtbot.waitUntil(lambda: panel.rows.rowCount() == 2)
    assert panel.filters["SYNTHESISED"].text() == "Synthesised 2"
    main.book.trigger("region.next")
    assert session.playhead == 1
    assert panel.table.currentIndex().row() == 0
    panel.table.setCurrentIndex(panel.rows.index(1, 1))
    assert session.playhead == 3
    assert panel.told.text() == "2 of 2: frame 3, synthesised"
    panel.buttons["region.revert"].click()
    clip = session.clip
    assert clip is not None
    assert 3 in clip.original
    window.qtbot.waitUntil(lambda: panel.rows.rowCount() == 1)
    panel.filters["SYNTHESISED"].click()
    window.qtbot.waitUntil(lambda: panel.rows.rowCount() == 0)


def test_marks_come_with_their_legend(window: Stand) -> None:
    state, legend = window.station.state, window.window.viewer.provenance_legend
    state.set("compare", "restored")
    state.set("overlay", False)
    assert not legend.isVisible()
    state.set("overlay", True)
    assert legend.isVisible()
    state.set("compare", "source")
    assert not legend.isVisible()
    state.set("compare", "provenance")
    assert legend.isVisible()
    assert legend.source.text() == "grey: the source"
