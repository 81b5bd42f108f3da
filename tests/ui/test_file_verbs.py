"""Unsaved work at the window's end, projects that others hold, and reading without writing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from app.data_folder import HOME_VARIABLE
from app.document import Document
from app.history import step
from app.journal_writer import JournalWriter
from app.project_io import load_project
from app.project_lock import ProjectLock
from app.recovery import find_recoverable
from tests.app.works import one_clip
from tests.clips import write_clip
from tests.ui.stand import Stand, stand
from ui.dialogs.crash_dialog import CrashDialog
from ui.dialogs.recovery_dialog import RecoveryDialog

_BUTTONS = QMessageBox.StandardButton


@pytest.fixture
def stood(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    with stand(qtbot) as made:
        made.drop_clip(write_clip(tmp_path / "good.mkv", frames=6))
        qtbot.wait(400)
        yield made


@pytest.fixture
def project(stood: Stand, tmp_path: Path) -> Path:
    """Saved and open, with one stroke since."""
    path = stood.save(tmp_path / "work.tratteggio")
    stood.paint(1)
    return path


def _masks(project: Path) -> list[int]:
    (clip,) = load_project(project).clips
    return sorted(clip.damage)


def test_closing_with_cancel_stays(stood: Stand, project: Path) -> None:
    before = stood.session.document
    stood.window.close()
    stood.answer(_BUTTONS.Cancel)
    assert stood.window.isVisible()
    assert stood.session.document is before
    assert _masks(project) == []
    # Asked again, not let go: the answer counted for once.
    stood.window.close()
    stood.answer(_BUTTONS.Cancel)
    assert stood.window.isVisible()


def test_closing_with_discard_lets_go(stood: Stand, project: Path) -> None:
    stood.window.close()
    stood.answer(_BUTTONS.Discard)
    stood.qtbot.waitUntil(lambda: not stood.window.isVisible())
    assert _masks(project) == []
    assert find_recoverable() == []


def test_closing_with_save_saves(stood: Stand, project: Path) -> None:
    stood.window.close()
    stood.answer(_BUTTONS.Save)
    stood.qtbot.waitUntil(lambda: not stood.window.isVisible())
    assert _masks(project) == [1]
    assert find_recoverable() == []


def test_a_save_that_fails_keeps_the_window(stood: Stand, project: Path) -> None:
    masks = project.with_name("work.masks")
    masks.write_text("a file where the folder of masks must be")
    stood.window.close()
    stood.answer(_BUTTONS.Save)
    assert stood.one_message().kind == "error"
    assert stood.window.isVisible()
    assert stood.session.dirty
    masks.unlink()
    stood.station.files.save()
    stood.qtbot.waitUntil(lambda: not stood.session.dirty)
    assert stood.window.isVisible()
    assert _masks(project) == [1]


def test_closing_what_has_no_name_asks_for_one(stood: Stand, tmp_path: Path) -> None:
    stood.window.close()
    stood.answer(_BUTTONS.Save)
    dialog = stood.dialog()
    assert isinstance(dialog, QFileDialog)
    dialog.reject()
    assert stood.window.isVisible()
    stood.window.close()
    stood.answer(_BUTTONS.Save)
    dialog = stood.dialog()
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "named.tratteggio"))
    stood.qtbot.waitUntil(lambda: not stood.window.isVisible())
    assert _masks(tmp_path / "named.tratteggio") == []


def test_what_is_painted_while_a_save_runs_is_asked_for(stood: Stand, project: Path) -> None:
    stood.window.close()
    stood.answer(_BUTTONS.Save)
    stood.paint(2)
    stood.answer(_BUTTONS.Cancel)
    assert stood.window.isVisible()
    assert _masks(project) == [1]
    assert stood.session.dirty


def test_a_project_that_is_open_elsewhere_can_be_read(stood: Stand, project: Path, tmp_path: Path) -> None:
    stood.station.keeper.save()
    stood.qtbot.waitUntil(lambda: not stood.session.dirty)
    stood.station.files.new()
    stood.qtbot.waitUntil(lambda: not stood.session.document.clips)
    other = ProjectLock(project)
    stood.qtbot.waitUntil(lambda: other.acquire() is None)
    try:
        stood.drop(project)
        assert "open elsewhere" in _question(stood)
        stood.press("Open for reading")
        stood.qtbot.waitUntil(lambda: bool(stood.session.document.clips))
        assert stood.session.read_only
        stood.paint(2)
        held = stood.session.document
        stood.station.files.save()
        dialog = stood.dialog()
        assert isinstance(dialog, QFileDialog)
        dialog.fileSelected.emit(str(project))
        assert project.name in stood.one_message().sentence
        assert (stood.session.document is held, stood.session.dirty) == (True, True)
        dialog.fileSelected.emit(str(tmp_path / "mine.tratteggio"))
        stood.qtbot.waitUntil(lambda: not stood.session.dirty)
    finally:
        other.release()
    assert (_masks(project), _masks(tmp_path / "mine.tratteggio")) == ([1], [1, 2])
    assert not stood.session.read_only


def _question(stood: Stand) -> str:
    box = stood.dialog()
    assert isinstance(box, QMessageBox)
    return box.text()


def test_opening_over_unsaved_work_asks_once(stood: Stand, project: Path, tmp_path: Path) -> None:
    before = stood.session.document
    for _ in range(3):
        stood.station.files.open_project(tmp_path / "other.tratteggio")
    stood.answer(_BUTTONS.Cancel)
    assert stood.session.document is before
    assert stood.dialogs() == []


def test_asked_to_end_keeps_unsaved_work(stood: Stand, project: Path) -> None:
    QTimer.singleShot(0, stood.station._stop.asked.emit)
    QApplication.exec()
    (left,) = find_recoverable()
    assert left.project == project
    assert left.names == ("Paint",)


def test_the_window_goes_without_a_question_when_all_is_saved(stood: Stand, project: Path) -> None:
    stood.station.keeper.save()
    stood.qtbot.waitUntil(lambda: not stood.session.dirty)
    stood.window.close()
    assert stood.dialogs() == []
    assert not stood.window.isVisible()


def test_work_is_offered_before_the_crash_report(stood: Stand, tmp_path: Path) -> None:
    """One question at a time, and never over work of this session."""
    _left_by_a_crash(tmp_path / "home")
    before = stood.session.document
    stood.station.dialogs.after_crash()
    dialog = stood.dialog()
    assert isinstance(dialog, RecoveryDialog)
    stood.press("Recover")
    stood.qtbot.waitUntil(lambda: dialog not in stood.dialogs())
    assert stood.session.document is before
    stood.answer(_BUTTONS.Discard)
    stood.qtbot.waitUntil(lambda: [clip.id for clip in stood.session.document.clips] == ["c1"])
    assert stood.session.dirty
    assert any(isinstance(shown, CrashDialog) for shown in stood.dialogs())


def _left_by_a_crash(home: Path) -> None:
    """A journal of one step, and a report."""
    writer = JournalWriter(3.0, print)
    thread = threading.Thread(target=writer.run)
    thread.start()
    writer.keep(step("Add", Document(), one_clip(), "c1", 0))
    writer.finish(keep=True)
    thread.join()
    (home / "crashes").mkdir(parents=True, exist_ok=True)
    (home / "crashes" / "1-0.txt").write_text("Tratteggio\nSomething broke\n")
