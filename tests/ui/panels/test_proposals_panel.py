"""The panel of proposals: the one in hand in words and figures, verbs by id, the threshold is the stage's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.commands import add_stage
from app.proposals_desk import ProposalsDesk
from app.session import Session
from app.view_state import ViewState
from tests.app.found_kit import propose
from tests.ui.panels import fakes
from ui.panels.proposals_panel import ProposalsPanel


@pytest.fixture
def session() -> Session:
    made = fakes.session()
    made.load(add_stage(made.document, "c1", "dirt"))
    return made


@pytest.fixture
def desk(session: Session, qtbot: QtBot) -> Iterator[ProposalsDesk]:
    made = ProposalsDesk(session)
    yield made
    made.close()


@pytest.fixture
def panel(session: Session, desk: ProposalsDesk, qtbot: QtBot) -> ProposalsPanel:
    made = ProposalsPanel(session, ViewState(), desk)
    fakes.hold(qtbot, made)
    made.resize(320, 600)
    made.show()
    return made


def row(panel: ProposalsPanel, place: int) -> list[str]:
    item = panel.table.topLevelItem(place)
    assert item is not None
    return [item.text(column) for column in range(4)]


def test_without_proposals_it_says_how_to_get_some(panel: ProposalsPanel) -> None:
    assert "add Dirt or Scratch" in panel.told.text()
    next_one = panel.buttons["proposal.next"]
    assert not next_one.isEnabled()
    assert "No stage proposes damage" in next_one.toolTip()


def test_the_one_in_hand_is_told_with_its_figures(panel: ProposalsPanel, desk: ProposalsDesk, qtbot: QtBot) -> None:
    propose(desk, "c1", 0, 3)
    desk.step(1)
    qtbot.waitUntil(lambda: panel.table.topLevelItemCount() == 2)
    assert panel.told.text() == "Frame 0, 1 of 2: Dirt, bright, 16 px, 90 %"
    assert row(panel, 0) == ["■ repaired", "Dirt, bright", "16 px", "90 %"]
    assert row(panel, 1) == ["□ left", "Dirt, dark", "36 px", "30 %"]
    assert panel.summary.text() == "This shot: ■ 2 repaired   □ 2 left"


def test_a_row_is_taken_in_hand(panel: ProposalsPanel, desk: ProposalsDesk, qtbot: QtBot) -> None:
    propose(desk, "c1", 0)
    qtbot.waitUntil(lambda: panel.table.topLevelItemCount() == 2)
    second = panel.table.topLevelItem(1)
    assert second is not None
    panel.table.setCurrentItem(second)
    assert desk.current is not None
    assert desk.current.proposal.area == 36
    qtbot.waitUntil(panel.buttons["proposal.accept"].isEnabled)


def test_verbs_are_asked_for_by_their_id(panel: ProposalsPanel, desk: ProposalsDesk, qtbot: QtBot) -> None:
    propose(desk, "c1", 0)
    desk.step(1)
    qtbot.waitUntil(panel.buttons["proposal.reject"].isEnabled)
    with qtbot.waitSignal(panel.wanted) as asked:
        QTest.mouseClick(panel.buttons["proposal.reject"], Qt.MouseButton.LeftButton)
    assert asked.args == ["proposal.reject"]


def test_decisions_are_shown(panel: ProposalsPanel, desk: ProposalsDesk, session: Session, qtbot: QtBot) -> None:
    propose(desk, "c1", 0, 3)
    desk.step(1)
    desk.decide(accept=False)
    desk.decide(accept=True)
    assert session.playhead == 3
    session.seek(0)
    qtbot.waitUntil(lambda: panel.table.topLevelItemCount() == 2 and row(panel, 0)[0] == "✕ rejected")
    assert row(panel, 1)[0] == "✓ accepted"
    assert "✓ 1 accepted" in panel.summary.text()


def test_the_threshold_is_the_stages_own(
    panel: ProposalsPanel, desk: ProposalsDesk, session: Session, qtbot: QtBot
) -> None:
    propose(desk, "c1", 0)
    desk.step(1)
    qtbot.waitUntil(panel.threshold.isEnabled)
    assert session.clip is not None
    assert panel.threshold.value == round(desk.threshold(session.clip, 0, "dirt") * 100)
    panel.threshold.field.selectAll()
    QTest.keyClicks(panel.threshold.field, "29 %")
    QTest.keyClick(panel.threshold.field, Qt.Key.Key_Return)
    clip = session.clip
    assert clip is not None
    use = clip.shots[0].stage("dirt")
    assert use is not None
    assert use.settings["confidence"] == "0.29"
    assert [spot.state for spot in desk.spots(0)] == ["repaired", "repaired"]
