"""Proposals of detectors: found in the background, decided one by one, read back from the painted layers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app import commands
from app.document import Media, StageUse
from app.proposals_desk import ProposalsDesk
from app.session import Session
from engines.media.open import open_source
from tests.app.fake_stages import Pace, fakes
from tests.clips import write_clip

__all__ = ["fakes"]

WIDTH, HEIGHT, FRAMES = 64, 48, 12
WAIT = 60_000


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("desk") / "clip.mkv", frames=FRAMES, width=WIDTH, height=HEIGHT)


@pytest.fixture
def session(path: Path, home: Path, fakes: Pace) -> Session:
    """Two shots; in both, specks are searched for: two in every even frame, one sure (90 %), one less so (30 %)."""
    source = open_source(path)
    info = source.info
    source.close()
    media = Media(path, info.fingerprint, info.width, info.height, info.frame_count, info.rate)
    document, clip_id = commands.add_clip(Session().document, media, stages=(StageUse("specks"),))
    return Session(commands.set_cuts(document, clip_id, (0, 6)))


@pytest.fixture
def desk(session: Session, qtbot: QtBot, fakes: Pace) -> Iterator[ProposalsDesk]:
    """Everything is found."""
    made = ProposalsDesk(session)
    qtbot.waitUntil(lambda: len(made.counts()) == FRAMES // 2 and len(fakes.fed) == FRAMES, timeout=WAIT)
    yield made
    made.close()


def states(desk: ProposalsDesk, frame: int) -> list[str]:
    return [spot.state for spot in desk.spots(frame)]


def test_every_frame_is_searched_once(desk: ProposalsDesk, session: Session, qtbot: QtBot, fakes: Pace) -> None:
    assert sorted(fakes.fed) == list(range(FRAMES))
    assert states(desk, 2) == ["repaired", "left"]
    assert desk.spots(3) == ()
    again = ProposalsDesk(session)
    qtbot.waitUntil(lambda: len(again.counts()) == FRAMES // 2, timeout=WAIT)
    again.close()
    assert len(fakes.fed) == FRAMES


def test_steps_go_through_what_nobody_decided(desk: ProposalsDesk, session: Session) -> None:
    visited = []
    while desk.step(1):
        spot = desk.current
        assert spot is not None
        visited.append((session.playhead, spot.place[1]))
    assert visited == [(frame, number) for frame in range(0, FRAMES, 2) for number in (0, 1)]
    assert desk.step(-1)
    assert desk.current is not None
    assert (session.playhead, desk.current.place[1]) == (10, 0)


def test_accepting_paints_damage_and_rejecting_paints_no_damage(desk: ProposalsDesk, session: Session) -> None:
    desk.step(1)
    desk.decide(accept=False)
    assert states(desk, 0) == ["rejected", "left"]
    assert desk.current is not None, "the next one is in hand"
    assert desk.current.place[1] == 1
    desk.decide(accept=True)
    assert states(desk, 0) == ["rejected", "accepted"]
    assert session.playhead == 2
    clip = session.clip
    assert clip is not None
    damage, protect = np.zeros((HEIGHT, WIDTH), np.uint8), np.zeros((HEIGHT, WIDTH), np.uint8)
    protect[10:14, 10:14], damage[20:26, 40:46] = 255, 255
    np.testing.assert_array_equal(clip.damage[0].coverage(), damage)
    np.testing.assert_array_equal(clip.protect[0].coverage(), protect)


def test_a_decision_can_be_turned_round_and_taken_back(desk: ProposalsDesk, session: Session, qtbot: QtBot) -> None:
    desk.choose(4, ("specks", 0))
    desk.decide(accept=False)
    desk.choose(4, ("specks", 0))
    desk.decide(accept=True)
    clip = session.clip
    assert clip is not None
    assert 4 not in clip.protect
    assert clip.damage[4].coverage()[12, 12] == 255
    session.undo()
    qtbot.waitUntil(lambda: states(desk, 4)[0] == "rejected", timeout=WAIT)
    session.undo()
    qtbot.waitUntil(lambda: states(desk, 4) == ["repaired", "left"], timeout=WAIT)
    assert desk.counts()[4] == {"repaired": 1, "left": 1}


def test_paint_counts_as_a_decision_wherever_it_came_from(
    desk: ProposalsDesk, session: Session, qtbot: QtBot, fakes: Pace
) -> None:
    clip = session.clip
    assert clip is not None
    fakes.fed.clear()
    protect = desk._found(6)[0].decided(1, None, None, accept=False)[1]
    session.do("Paint", commands.set_mask(session.document, clip.id, "protect", 6, protect))
    qtbot.waitUntil(lambda: states(desk, 6) == ["repaired", "rejected"], timeout=WAIT)
    qtbot.wait(400)
    assert not fakes.fed, "paint must not have frames searched anew"


def test_the_threshold_is_that_of_the_shot(desk: ProposalsDesk, session: Session, fakes: Pace) -> None:
    fakes.fed.clear()
    desk.choose(2, ("specks", 1))
    desk.repair_from(0.3)
    assert states(desk, 2) == ["repaired", "repaired"]
    assert states(desk, 8) == ["repaired", "left"], "the other shot keeps its own"
    session.undo()
    assert states(desk, 2) == ["repaired", "left"]
    assert not fakes.fed


def test_a_shot_tells_what_was_found_in_it(desk: ProposalsDesk, session: Session) -> None:
    clip = session.clip
    assert clip is not None
    assert desk.told(clip, 0, "specks") == "6 found, 3 repaired"
    assert desk.told(clip, 0, "even") == ""
    desk.choose(0, ("specks", 1))
    desk.decide(accept=True)
    clip = session.clip
    assert clip is not None
    assert desk.told(clip, 0, "specks") == "6 found, 4 repaired"


def test_proposals_go_with_their_detector(desk: ProposalsDesk, session: Session, qtbot: QtBot) -> None:
    clip = session.clip
    assert clip is not None
    session.do("Off", commands.set_enabled(session.document, clip.id, 0, "specks", False))
    qtbot.waitUntil(lambda: set(desk.counts()) == {6, 8, 10}, timeout=WAIT)
    session.do("Gone", commands.remove_clip(session.document, clip.id))
    assert not desk.any
    assert desk.current is None
