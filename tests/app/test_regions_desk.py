"""Regions to look at: found in the background, stepped through, given back to the source, kept up with edits."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app import commands
from app.document import Media, StageUse
from app.mask_plane import MaskPlane
from app.region_scan import THUMB, Listed, Looked
from app.regions_desk import MOST_LISTED, RegionsDesk, unpacked, with_source_back
from app.session import Session
from engines.media.open import open_source
from engines.regions import Region
from engines.types import Rect
from tests.app.works import one_clip
from tests.clips import write_clip

WIDTH, HEIGHT, FRAMES = 64, 48, 6
WAIT = 60_000


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("regions") / "clip.mkv", frames=FRAMES, width=WIDTH, height=HEIGHT)


def session_of(path: Path, **settings: str) -> Session:
    """Two places are painted in every frame, and every frame is a shot of its own: nothing can be transported."""
    source = open_source(path)
    info = source.info
    source.close()
    media = Media(path, info.fingerprint, info.width, info.height, info.frame_count, info.rate)
    use = StageUse("inpaint", True, MappingProxyType(settings))
    document, clip_id = commands.add_clip(Session().document, media, stages=(use,))
    document = commands.set_cuts(document, clip_id, range(FRAMES))
    coverage = np.zeros((HEIGHT, WIDTH), np.uint8)
    coverage[4:12, 6:16] = 255
    coverage[30:40, 40:52] = 255
    plane = MaskPlane.of(coverage)
    return Session(commands.set_masks(document, clip_id, "damage", dict.fromkeys(range(FRAMES), plane)))


@pytest.fixture
def session(path: Path, home: Path) -> Session:
    return session_of(path)


@pytest.fixture
def desk(session: Session, qtbot: QtBot) -> Iterator[RegionsDesk]:
    made = RegionsDesk(session)
    yield made
    made.close()


def looked(qtbot: QtBot, desk: RegionsDesk) -> None:
    desk.search()
    qtbot.waitUntil(lambda: not desk.working, timeout=WAIT)


def test_every_region_of_the_range_is_listed_in_order(session: Session, desk: RegionsDesk, qtbot: QtBot) -> None:
    session.do("In", commands.set_in(session.document, session.clip_id, 1))
    looked(qtbot, desk)
    assert desk.span == (1, FRAMES - 1)
    assert desk.looked_at == FRAMES - 1
    assert [row.frame for row in desk.rows] == sorted([*range(1, FRAMES)] * 2)
    assert {row.region.kind for row in desk.rows} == {"SYNTHESISED"}
    first, second = desk.rows[:2]
    assert (first.shown, second.shown) == (Rect(6, 4, 10, 8), Rect(40, 30, 12, 10))
    assert first.region.area == 80
    assert unpacked(first.picture).shape == (THUMB[1], THUMB[0], 4)


def test_stepping_goes_both_ways_and_stops_at_the_ends(session: Session, desk: RegionsDesk, qtbot: QtBot) -> None:
    looked(qtbot, desk)
    session.seek(2)
    assert desk.step(1)
    assert desk.current is desk.rows[4]
    assert desk.step(1)
    assert (session.playhead, desk.current) == (2, desk.rows[5])
    assert desk.step(1)
    assert session.playhead == 3
    desk.choose(desk.rows[0])
    assert not desk.step(-1)
    desk.choose(desk.rows[-1])
    assert not desk.step(1)
    session.seek(0)
    assert desk.current is None


def test_a_reverted_region_is_the_source_and_leaves_the_list(session: Session, desk: RegionsDesk, qtbot: QtBot) -> None:
    looked(qtbot, desk)
    desk.choose(desk.rows[2])
    assert desk.can_revert()
    desk.revert()
    assert len(desk.rows) == 2 * FRAMES - 1
    assert desk.current is desk.rows[2]
    assert session.undo_name == "Revert region on frame 1"
    # The frame is looked at again, as it is now.
    qtbot.waitUntil(lambda: not desk.working, timeout=WAIT)
    assert [row.shown for row in desk.rows if row.frame == 1] == [Rect(40, 30, 12, 10)]
    session.undo()
    qtbot.waitUntil(lambda: not desk.working and len(desk.rows) == 2 * FRAMES, timeout=WAIT)


def test_what_was_left_unrepaired_is_listed_and_cannot_be_reverted(path: Path, home: Path, qtbot: QtBot) -> None:
    desk = RegionsDesk(session_of(path, spatial="leave"))
    looked(qtbot, desk)
    assert {row.region.kind for row in desk.rows} == {"unrepaired"}
    assert desk.counts()["unrepaired"] == 2 * FRAMES
    desk.choose(desk.rows[0])
    assert not desk.can_revert()
    desk.show_kinds(frozenset({"SYNTHESISED"}))
    assert desk.rows == ()
    desk.close()


def test_another_treatment_makes_the_list_outdated(session: Session, desk: RegionsDesk, qtbot: QtBot) -> None:
    looked(qtbot, desk)
    session.do("Leave", commands.set_setting(session.document, session.clip_id, 1, "inpaint", "spatial", "leave"))
    assert desk.outdated
    looked(qtbot, desk)
    assert not desk.outdated
    assert {row.region.kind for row in desk.rows if row.frame == 1} == {"unrepaired"}


def test_a_look_can_be_stopped_and_closing_does_not_wait(session: Session, desk: RegionsDesk, qtbot: QtBot) -> None:
    desk.search()
    assert desk.working
    desk.stop()
    assert not desk.working
    looked(qtbot, desk)
    assert desk.looked_at == FRAMES


def listed(frame: int, number: int, box: Rect, factor: int = 1) -> Listed:
    mask = np.packbits(np.ones((box.height, box.width), bool))
    region = Region("SYNTHESISED", box, box.width * box.height, 0.5, zlib.compress(mask.tobytes()))
    return Listed(frame, number, region, factor, b"")


def test_an_enlarged_region_covers_every_source_pixel_that_it_touches() -> None:
    (clip,) = one_clip().clips
    plane = with_source_back(clip, listed(3, 0, Rect(21, 11, 4, 2), 2))
    painted = np.argwhere(plane.coverage())
    assert painted.min(axis=0).tolist() == [5, 10]
    assert painted.max(axis=0).tolist() == [6, 12]
    more = with_source_back(clip.with_layer("original", {3: plane}), listed(3, 1, Rect(0, 0, 2, 2), 2))
    assert np.count_nonzero(more.coverage()) == np.count_nonzero(plane.coverage()) + 1


def test_ten_thousand_regions_are_stepped_through_quickly(desk: RegionsDesk, session: Session) -> None:
    boxes = [Rect(index % 60, index // 60, 1, 1) for index in range(2000)]
    for frame in range(5):
        found = tuple(listed(frame, number, box) for number, box in enumerate(boxes))
        desk.scan.looked.emit(session.clip_id, Looked(frame, "", found))
    started = time.thread_time()
    assert len(desk.rows) == 10_000
    desk.choose(desk.rows[5000])
    for _ in range(20):
        assert desk.step(1)
    assert sum(desk.counts().values()) == 10_000
    assert time.thread_time() - started < 1
    assert not desk.full
    for frame in range(5):
        more = tuple(replace(one, frame=frame) for one in desk._frames[frame].regions) * 3
        desk.scan.looked.emit(session.clip_id, Looked(frame, "", more))
    assert desk.full
    assert len(desk.rows) >= MOST_LISTED
