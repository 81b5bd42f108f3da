"""Tests of opening, saving, locking and recovering through the keeper."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app import commands
from app.document import Document
from app.errors import ProjectError
from app.notify import Notice
from app.project_io import load_project, masks_folder, save_project
from app.project_keeper import ProjectKeeper
from app.project_lock import ProjectLock
from app.recent import recent
from app.recovery import find_recoverable
from app.session import Session
from tests.app.works import disc, media, one_clip

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def session(qapp: object) -> Session:
    return Session()


@pytest.fixture
def keeper(session: Session) -> Iterator[ProjectKeeper]:
    made = ProjectKeeper(session)
    yield made
    made.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(("autosave", "project"))]


def _saved(keeper: ProjectKeeper, qtbot: QtBot, path: Path | None = None) -> None:
    with qtbot.waitSignal(keeper.saved):
        keeper.save(path)


def _paint(session: Session, frame: int = 3) -> None:
    session.do("Paint", commands.set_mask(session.document, "c1", "damage", frame, disc(40 + frame, 40)))


def test_save_and_open_again(session: Session, keeper: ProjectKeeper, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "work.tratteggio"
    session.do("Add", one_clip())
    _saved(keeper, qtbot, path)
    assert (session.dirty, session.path, keeper.busy, session.saved_at is not None) == (False, path, False, True)
    _paint(session)
    assert session.dirty
    _saved(keeper, qtbot)
    document = session.document
    keeper.new()
    assert (session.document, session.path) == (Document(), None)
    with qtbot.waitSignals([keeper.opened, keeper.media_away]):
        keeper.open(path)
    assert (session.document, session.path, session.dirty, session.clip_id) == (document, path, False, "c1")
    assert recent() == [path]


def test_two_saves_in_a_row_and_one_elsewhere(
    session: Session, keeper: ProjectKeeper, qtbot: QtBot, tmp_path: Path
) -> None:
    session.do("Add", one_clip())
    refused: list[object] = []
    keeper.refused.connect(refused.append)
    keeper.save(tmp_path / "a.tratteggio")
    keeper.save(tmp_path / "a.tratteggio")
    keeper.save(tmp_path / "b.tratteggio")
    qtbot.waitUntil(lambda: not keeper.busy)
    assert refused == []
    assert session.path == tmp_path / "b.tratteggio"
    other = ProjectLock(tmp_path / "a.tratteggio")
    assert other.acquire() is None
    other.release()


def test_what_was_painted_while_saving_is_still_unsaved(
    session: Session, keeper: ProjectKeeper, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "work.tratteggio"
    session.do("Add", one_clip())
    with qtbot.waitSignal(keeper.saved):
        keeper.save(path)
        _paint(session)
    assert session.dirty
    assert load_project(path) == one_clip()


def test_a_project_open_elsewhere_is_offered_for_reading(
    session: Session, keeper: ProjectKeeper, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "work.tratteggio"
    save_project(one_clip(), path)
    lock = ProjectLock(path)
    assert lock.acquire() is None
    with qtbot.waitSignal(keeper.held) as answer:
        keeper.open(path)
    assert answer.args is not None
    assert " on " in str(answer.args[1])
    assert session.document == Document()
    with qtbot.waitSignal(keeper.opened):
        keeper.open(path, read_only=True)
    assert session.read_only
    with qtbot.waitSignal(keeper.refused):
        keeper.save()
    _saved(keeper, qtbot, tmp_path / "copy.tratteggio")
    assert not session.read_only
    lock.release()


def test_the_lock_of_a_killed_session_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "work.tratteggio"
    script = (
        "import os, sys; from pathlib import Path; from app.project_lock import ProjectLock; "
        "assert ProjectLock(Path(sys.argv[1])).acquire() is None; os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], cwd=ROOT, check=False)
    assert done.returncode == -9
    lock = ProjectLock(path)
    assert lock.acquire() is None
    lock.release()


def test_refusals_leave_the_session_as_it_was(
    session: Session, keeper: ProjectKeeper, qtbot: QtBot, tmp_path: Path
) -> None:
    session.do("Add", one_clip())
    before = session.document
    broken = tmp_path / "broken.tratteggio"
    broken.write_text("no project")
    with qtbot.waitSignal(keeper.refused) as answer:
        keeper.open(broken)
    assert answer.args is not None
    assert isinstance(answer.args[0], ProjectError)
    with qtbot.waitSignal(keeper.refused):
        keeper.save()
    assert (session.document, session.undo_name) == (before, "Add")
    lock = ProjectLock(broken)
    assert lock.acquire() is None
    lock.release()


def test_a_full_disk_while_saving_is_said_and_the_work_stays_unsaved(
    session: Session, keeper: ProjectKeeper, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "work.tratteggio"
    session.do("Add", one_clip())
    _saved(keeper, qtbot, path)
    _paint(session)

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with qtbot.waitSignal(keeper.refused) as answer:
        keeper.save()
    monkeypatch.undo()
    assert answer.args is not None
    assert "no space left" in answer.args[0].sentence
    assert session.dirty
    assert load_project(path) == one_clip()


def test_missing_masks_stop_or_are_left_out(
    session: Session, keeper: ProjectKeeper, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "work.tratteggio"
    revision = save_project(commands.set_mask(one_clip(), "c1", "damage", 3, disc(9, 9)), path)
    (masks_folder(path) / revision / "c1" / "damage" / "000003.png").unlink()
    with qtbot.waitSignal(keeper.maskless):
        keeper.open(path)
    notices: list[Notice] = []
    session.notified.connect(notices.append)
    with qtbot.waitSignal(keeper.opened):
        keeper.open(path, masks="skip")
    assert (session.document, session.dirty) == (one_clip(), True)
    assert "One mask is missing" in notices[0].sentence


def test_work_is_recovered_kept_anew_and_saved(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "work.tratteggio"
    first = Session()
    crashed = ProjectKeeper(first)
    first.do("Add", replace(one_clip(), clips=(replace(one_clip().clips[0], media=media("gone.mov")),)))
    _saved(crashed, qtbot, path)
    _paint(first)
    crashed.close(keep_journal=True)
    (found,) = find_recoverable()
    assert (found.project, found.steps) == (path, 1)

    session = Session()
    keeper = ProjectKeeper(session)
    with qtbot.waitSignal(keeper.found) as answer:
        keeper.look_for_work()
    assert answer.args == [(found,)]
    with qtbot.waitSignal(keeper.compared) as answer:
        keeper.compare(found)
    assert answer.args == [found, ("gone.mov: masks of frame 3",)]
    with qtbot.waitSignal(keeper.opened):
        keeper.recover(found)
    assert (session.document, session.path, session.dirty) == (first.document, path, True)
    qtbot.waitUntil(lambda: not found.folder.exists())
    _paint(session, 9)
    keeper.close(keep_journal=True)
    (again,) = find_recoverable()
    assert again.steps == 2

    last = ProjectKeeper(session)
    with qtbot.waitSignal(last.opened):
        last.recover(again)
    _saved(last, qtbot)
    assert load_project(path) == session.document
    last.discard(again)
    last.close()
    assert find_recoverable() == []
