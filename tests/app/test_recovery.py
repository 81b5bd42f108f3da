"""Tests of autosave and recovery: killed sessions, full disks, damaged journals."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication

from app import commands, journal_writer
from app.autosave import Autosave
from app.command_journal import line
from app.document import Document
from app.errors import ProjectError
from app.journal_folder import journals
from app.notify import Notice
from app.project_io import new_revision, save_project
from app.recovery import discard, find_recoverable, recover
from app.session import Session
from tests.app.works import disc, one_clip

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.usefixtures("home", "qapp")


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def autosave(session: Session) -> Iterator[Autosave]:
    saver = Autosave(session, minutes=60)
    yield saver
    saver.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("autosave")]


def _paint(session: Session, count: int = 1) -> None:
    for _ in range(count):
        frame = len(session.document.clip("c1").damage)
        session.do(f"Paint frame {frame}", commands.set_mask(session.document, "c1", "damage", frame, disc(40, 40)))


def _until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "never came true"
        QCoreApplication.processEvents()
        time.sleep(0.01)


def test_work_never_saved_is_recovered_step_for_step(session: Session, autosave: Autosave) -> None:
    session.do("Add", one_clip())
    _paint(session, 3)
    session.undo()
    autosave.close(keep=True)
    (found,) = find_recoverable()
    assert (found.project, found.steps, found.note) == (None, 5, "")
    assert found.names[-1] == "Paint frame 2"
    assert recover(found) == session.document
    discard(found)
    assert find_recoverable() == []


def test_a_session_that_ends_well_leaves_nothing(session: Session, autosave: Autosave) -> None:
    session.do("Add", one_clip())
    autosave.close()
    assert list(journals().iterdir()) == []


def test_a_running_session_is_not_offered(session: Session, autosave: Autosave) -> None:
    session.do("Add", one_clip())
    _until(lambda: journals().is_dir() and bool(list(journals().glob("*/*.journal"))))
    assert find_recoverable() == []


def _opened(session: Session, autosave: Autosave, path: Path) -> None:
    revision = save_project(one_clip(), path)
    session.load(one_clip(), path)
    assert autosave.begin(session.document, path, revision).result(60)


def test_steps_after_a_project_was_opened_apply_to_it(session: Session, autosave: Autosave, tmp_path: Path) -> None:
    path = tmp_path / "work.tratteggio"
    _opened(session, autosave, path)
    _paint(session, 2)
    autosave.close(keep=True)
    (found,) = find_recoverable()
    assert (found.project, found.steps) == (path, 2)
    assert recover(found) == session.document


@pytest.mark.parametrize("came_about", [True, False])
def test_a_save_may_or_may_not_have_come_about(
    came_about: bool, session: Session, autosave: Autosave, tmp_path: Path
) -> None:
    path = tmp_path / "work.tratteggio"
    _opened(session, autosave, path)
    _paint(session, 2)
    revision = new_revision()
    saved = session.document
    assert autosave.note_saving(revision, path).result(60)
    _paint(session, 3)
    if came_about:
        save_project(saved, path, revision=revision)
    autosave.close(keep=True)
    (found,) = find_recoverable()
    assert found.steps == (3 if came_about else 5)
    assert recover(found) == session.document


def test_nothing_is_offered_where_all_was_saved(session: Session, autosave: Autosave, tmp_path: Path) -> None:
    path = tmp_path / "work.tratteggio"
    _opened(session, autosave, path)
    _paint(session, 2)
    revision = new_revision()
    assert autosave.note_saving(revision, path).result(60)
    save_project(session.document, path, revision=revision)
    autosave.close(keep=True)
    assert find_recoverable() == []
    assert list(journals().iterdir()) == []


def test_a_project_changed_by_others_is_not_mixed_with_the_journal(
    session: Session, autosave: Autosave, tmp_path: Path
) -> None:
    path = tmp_path / "work.tratteggio"
    _opened(session, autosave, path)
    _paint(session, 2)
    autosave.close(keep=True)
    save_project(Document(), path)
    (found,) = find_recoverable()
    with pytest.raises(ProjectError, match="was changed by another program"):
        recover(found)


def test_snapshots_replace_the_journal_and_lose_nothing(
    session: Session, autosave: Autosave, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_writer, "JOURNAL_BYTES", 3000)
    path = tmp_path / "work.tratteggio"
    _opened(session, autosave, path)
    for _ in range(12):
        _paint(session)
        time.sleep(0.02)
    _until(
        lambda: len(list(journals().glob("*/0001.journal"))) == 1 or bool(list(journals().glob("*/000[2-9].journal")))
    )
    _paint(session, 3)
    autosave.close(keep=True)
    (found,) = find_recoverable()
    assert (found.project, found.steps) == (path, 15)
    assert recover(found) == session.document
    assert len(list(found.folder.glob("*.journal"))) <= 2


def test_recovered_work_is_kept_before_the_old_journal_goes(session: Session, autosave: Autosave) -> None:
    document = one_clip()
    session.load(document, saved=False)
    assert autosave.begin(document, None, None).result(60)
    _paint(session)
    autosave.close(keep=True)
    (found,) = find_recoverable()
    assert found.steps == 2
    assert recover(found) == session.document


def test_a_full_disk_is_said_once_and_healed(
    session: Session, autosave: Autosave, monkeypatch: pytest.MonkeyPatch
) -> None:
    notices: list[Notice] = []
    session.notified.connect(notices.append)
    monkeypatch.setattr(journal_writer, "RETRY_SECONDS", 0.05)
    session.do("Add", one_clip())
    _paint(session)
    _until(lambda: bool(list(journals().glob("*/*.journal"))))
    real = os.fsync

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for _ in range(5):
        _paint(session)
        time.sleep(0.03)
    _until(lambda: bool(notices))
    monkeypatch.setattr(os, "fsync", real)
    _until(lambda: len(notices) == 2)
    assert [notice.kind for notice in notices] == ["warning", "info"]
    assert "no space left on the disk" in notices[0].sentence
    _paint(session)
    autosave.close(keep=True)
    (found,) = find_recoverable()
    assert recover(found) == session.document


def test_a_damaged_journal_gives_what_is_before_the_damage_and_says_so(session: Session, autosave: Autosave) -> None:
    session.do("Add", one_clip())
    _paint(session, 1)
    kept = session.document
    _paint(session, 2)
    autosave.close(keep=True)
    (path,) = journals().glob("*/*.journal")
    lines = path.read_bytes().split(b"\n")
    lines[3] = lines[3].replace(b"Paint", b"Taint")
    path.write_bytes(b"\n".join(lines))
    (found,) = find_recoverable()
    assert (found.steps, "2 later entries" in found.note) == (2, True)
    assert recover(found) == kept


_PAINTING = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from app import commands, journal_writer
from app.autosave import Autosave
from app.session import Session
from tests.app.works import disc, one_clip
journal_writer.JOURNAL_BYTES = int(sys.argv[1])
app = QCoreApplication([])
session = Session()
saver = Autosave(session)
append = journal_writer.JournalFolder.append
def reported(self, entries):
    append(self, entries)
    print(sum(entry["kind"] == "step" for entry in entries), flush=True)
journal_writer.JournalFolder.append = reported
session.do("Add", one_clip())
for number in range(100000):
    frame = number % 40
    plane = disc(number % 300, 40 + number // 40, 7)
    session.do(f"Paint {number}", commands.set_mask(session.document, "c1", "damage", frame, plane))
"""


@pytest.mark.parametrize(("most_bytes", "seconds"), [(20_000, 0.5), (10**9, 0.05), (10**9, 0.5)])
def test_every_stroke_on_the_disk_survives_a_kill(most_bytes: int, seconds: float) -> None:
    work = [sys.executable, "-c", _PAINTING, str(most_bytes)]
    with subprocess.Popen(work, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        reported = [int(child.stdout.readline())]
        time.sleep(seconds)
        child.send_signal(signal.SIGKILL)
        reported += [int(text) for text in child.stdout.read().split()]
    (found,) = find_recoverable()
    # Lines may be on the disk before they were reported.
    assert found.steps >= sum(reported)
    expected = one_clip()
    for number in range(found.steps - 1):
        plane = disc(number % 300, 40 + number // 40, 7)
        expected = commands.set_mask(expected, "c1", "damage", number % 40, plane)
    assert recover(found) == expected
    discard(found)


def test_an_unreadable_journal_is_offered_with_its_sentence() -> None:
    folder = journals() / "1-abc"
    folder.mkdir(parents=True)
    (folder / "0000.journal").write_bytes(line({"kind": "head"}))
    (found,) = find_recoverable()
    assert "cannot be understood" in found.note
    with pytest.raises(ProjectError, match="cannot be understood"):
        recover(found)
