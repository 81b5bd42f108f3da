"""The dialogs say what they must, send what was chosen, and block nothing."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QDialog, QLineEdit, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from app import relinker
from app.commands import add_clip, set_in
from app.crash_report import CrashReport
from app.document import Document, Media
from app.recovery import Recoverable
from app.session import Session
from app.settings import Settings
from app.time_text import TimeText
from engines.errors import MediaError
from engines.media.fingerprint import fingerprint
from ui.action_menus import ActionBook
from ui.dialogs.about_dialog import AboutDialog, LicencesDialog
from ui.dialogs.crash_dialog import CrashDialog
from ui.dialogs.go_to_dialog import GoToDialog
from ui.dialogs.preferences_dialog import PreferencesDialog
from ui.dialogs.recovery_dialog import RecoveryDialog
from ui.dialogs.relink_dialog import RelinkDialog
from ui.dialogs.shortcuts_dialog import ShortcutsDialog


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    made = QMainWindow()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def session(tmp_path: Path) -> Session:
    film = tmp_path / "moved" / "reel.bin"
    film.parent.mkdir()
    film.write_bytes(b"pictures")
    media = Media(tmp_path / "gone" / "reel.bin", fingerprint(film), 320, 240, 50, Fraction(24))
    document, _clip = add_clip(Document(), media)
    return Session(document)


def _click(button: QAbstractButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


# --- shortcuts ------------------------------------------------------------------------------------------------------


@pytest.fixture
def shortcuts(window: QMainWindow, qtbot: QtBot) -> ShortcutsDialog:
    made = ShortcutsDialog(ActionBook(window), {}, window)
    qtbot.addWidget(made)
    made.show()
    return made


def _choose(dialog: ShortcutsDialog, name: str) -> None:
    dialog.search.setText(name)
    item = dialog.list.topLevelItem(0)
    assert item is not None
    dialog.list.setCurrentItem(item)


def test_a_key_is_changed_and_acts_at_once(shortcuts: ShortcutsDialog, window: QMainWindow, qtbot: QtBot) -> None:
    _choose(shortcuts, "eraser")
    shortcuts.key.setKeySequence(QKeySequence("Ctrl+J"))
    with qtbot.waitSignal(shortcuts.keys_chosen) as chosen:
        _click(shortcuts.set_button)
    assert chosen.args == [{"mask.eraser": ("Ctrl+J",)}]
    book = window.findChild(ActionBook)
    assert isinstance(book, ActionBook)
    assert book.keys("mask.eraser") == ("Ctrl+J",)
    with qtbot.waitSignal(shortcuts.keys_chosen) as chosen:
        _click(shortcuts.reset_button)
    assert chosen.args == [{}]


def test_a_taken_key_is_refused_by_name(shortcuts: ShortcutsDialog) -> None:
    _choose(shortcuts, "eraser")
    shortcuts.key.setKeySequence(QKeySequence("B"))
    assert "“Brush”" in shortcuts.said.text()
    assert not shortcuts.set_button.isEnabled()


def test_a_default_that_another_action_took_is_said(shortcuts: ShortcutsDialog) -> None:
    for name, key in (("eraser", "Ctrl+J"), ("brush", "E")):
        _choose(shortcuts, name)
        shortcuts.key.setKeySequence(QKeySequence(key))
        _click(shortcuts.set_button)
    _choose(shortcuts, "eraser")
    _click(shortcuts.reset_button)
    assert "“Brush”" in shortcuts.said.text()


def test_keys_are_found_by_what_they_do_and_by_name(shortcuts: ShortcutsDialog) -> None:
    shortcuts.search.setText("f11")
    item = shortcuts.list.topLevelItem(0)
    assert item is not None
    assert item.text(0) == "Viewer Only"


# --- preferences ----------------------------------------------------------------------------------------------------


def test_preferences_come_back_as_they_were(qtbot: QtBot) -> None:
    settings = Settings(
        surround="grey",
        text_size=14,
        cache_megabytes=2048,
        autosave_minutes=1.5,
        threads=3,
        device="cpu",
        every_frame=True,
        audio=False,
        reduce_motion=True,
        cost_per_hour=1.25,
        currency="CHF",
        watts=180.0,
        keys={"view.fit": ("Z",)},
    )
    for given in (settings, Settings()):
        dialog = PreferencesDialog(given)
        qtbot.addWidget(dialog)
        assert dialog.settings() == given


def test_preferences_are_sent_when_ok_is_pressed(qtbot: QtBot) -> None:
    dialog = PreferencesDialog(Settings())
    qtbot.addWidget(dialog)
    dialog.reduce_motion.setChecked(True)
    with qtbot.waitSignal(dialog.settings_chosen) as chosen:
        _click(dialog.ok)
    assert chosen.args == [replace(Settings(), reduce_motion=True)]


# --- about ----------------------------------------------------------------------------------------------------------


def test_licences_name_every_library_and_how_ffmpeg_was_built(qtbot: QtBot) -> None:
    dialog = LicencesDialog()
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: bool(dialog.parts))
    names = {part.name.lower() for part in dialog.parts}
    assert {"tratteggio", "ffmpeg", "av", "numpy", "pyside6", "torch"} <= names
    dialog.list.setCurrentRow(1)
    assert "LGPL" in dialog.parts[1].terms
    assert "--enable" in dialog.terms.toPlainText()
    assert all(part.terms or part.text for part in dialog.parts)
    dialog.done(0)


# --- go to ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "frame"), [("12", 12), ("+5", 8), ("0:01:00", 24), ("9999", 49), ("-20", 0)])
def test_go_to_understands_frames_offsets_and_timecode(typed: str, frame: int, session: Session, qtbot: QtBot) -> None:
    session.seek(3)
    dialog = GoToDialog(session, TimeText(Fraction(24)))
    qtbot.addWidget(dialog)
    dialog.field.setText(typed)
    assert dialog.answer.text().startswith(f"Frame {frame},")
    _click(dialog.go)
    assert session.playhead == frame


def test_go_to_refuses_nonsense_in_words(session: Session, qtbot: QtBot) -> None:
    dialog = GoToDialog(session, TimeText(Fraction(24)))
    qtbot.addWidget(dialog)
    dialog.field.setText("soon")
    assert "names no frame" in dialog.answer.text()
    assert not dialog.go.isEnabled()


# --- crash report ---------------------------------------------------------------------------------------------------


def test_a_crash_report_can_be_copied_and_removed(tmp_path: Path, qtbot: QtBot) -> None:
    report = CrashReport(tmp_path / "report.txt", 0.0)
    report.path.write_text("what went wrong")
    dialog = CrashDialog(report)
    qtbot.addWidget(dialog)
    _click(dialog.copy)
    assert QGuiApplication.clipboard().text() == "what went wrong"
    _click(dialog.remove)
    assert not report.path.exists()


# --- recovery -------------------------------------------------------------------------------------------------------


@pytest.fixture
def recovery(tmp_path: Path, qtbot: QtBot) -> RecoveryDialog:
    found = [
        Recoverable(tmp_path / "one", tmp_path / "film.tratteggio", time.time(), 5, ("Paint frame 12",)),
        Recoverable(tmp_path / "two", None, 0.0, 0, note="The journal cannot be read."),
    ]
    made = RecoveryDialog(found)
    qtbot.addWidget(made)
    return made


def test_recovery_offers_the_newest_first_with_its_last_steps(recovery: RecoveryDialog, qtbot: QtBot) -> None:
    assert "Paint frame 12" in recovery.details.text()
    with qtbot.waitSignal(recovery.recover_chosen) as chosen:
        _click(recovery.recover)
    assert chosen.args[0].steps == 5


def test_what_cannot_be_recovered_says_why(recovery: RecoveryDialog) -> None:
    recovery.list.setCurrentRow(1)
    assert "cannot be read" in recovery.details.text()
    assert not recovery.recover.isEnabled()
    assert not recovery.saved.isEnabled()
    recovery.reject()


def test_discarding_asks_twice(recovery: RecoveryDialog, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(recovery.discard_chosen):
        _click(recovery.discard)
    with qtbot.waitSignal(recovery.discard_chosen):
        _click(recovery.discard)
    assert recovery.list.count() == 1
    recovery.reject()


def test_a_comparison_that_fails_is_said(recovery: RecoveryDialog, qtbot: QtBot) -> None:
    before = recovery.details.text()
    _click(recovery.compare)
    qtbot.waitUntil(lambda: recovery.details.text() not in (before, "Comparing with the saved project..."))
    assert recovery.details.text().endswith(".")
    recovery.reject()


# --- relink ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def relink(session: Session, qtbot: QtBot) -> RelinkDialog:
    made = RelinkDialog(session, [session.clip_id])
    qtbot.addWidget(made)
    return made


def test_a_search_links_what_was_moved(relink: RelinkDialog, session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    relink.search_folder(tmp_path)
    qtbot.waitUntil(lambda: relink.said.text() == "Found 1 of 1.")
    assert session.clip is not None
    assert session.clip.media.path == tmp_path / "moved" / "reel.bin"
    assert session.undo_name.startswith("Relink")
    relink.accept()


def test_other_content_is_refused_unless_insisted_on(
    relink: RelinkDialog, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    before = session.document
    other = tmp_path / "other.bin"
    other.write_bytes(b"another film")
    relink.take_file(other)
    qtbot.waitUntil(lambda: "other content" in relink.said.text())
    assert session.document is before
    assert not relink.force.isHidden()
    # The file is no film, so not even insisting helps; that is said as well.
    relink.show()
    _click(relink.force)
    qtbot.waitUntil(lambda: "other content" not in relink.said.text())
    assert session.document is before
    relink.accept()


def test_what_is_in_its_place_is_not_called_missing(tmp_path: Path, qtbot: QtBot) -> None:
    film = tmp_path / "reel.bin"
    film.write_bytes(b"pictures")
    document, clip_id = add_clip(Document(), Media(film, fingerprint(film), 320, 240, 50, Fraction(24)))
    dialog = RelinkDialog(Session(document), [clip_id])
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: "in its place" in dialog.said.text())
    assert not dialog.search.isEnabled()
    dialog.accept()


def test_closing_waits_for_nothing_and_leaves_no_thread(
    relink: RelinkDialog, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    comparing, gate = threading.Event(), threading.Event()

    def slow(_media: Media, _path: Path) -> None:
        comparing.set()
        assert gate.wait(60)
        raise MediaError("It holds other content.")

    monkeypatch.setattr(relinker, "check_same", slow)
    relink.take_file(tmp_path / "moved" / "reel.bin")
    assert comparing.wait(60)
    # What it waited for would never come.
    relink.accept()
    gate.set()
    qtbot.waitUntil(lambda: not [t for t in threading.enumerate() if t.name.startswith("relink")])


def test_work_done_meanwhile_is_kept(relink: RelinkDialog, session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    session.do("In", set_in(session.document, session.clip_id, 3))
    relink.search_folder(tmp_path)
    qtbot.waitUntil(lambda: relink.said.text() == "Found 1 of 1.")
    assert session.clip is not None
    assert session.clip.in_point == 3
    relink.accept()


# --- all of them ----------------------------------------------------------------------------------------------------


def test_every_control_has_a_name_and_a_tooltip(
    window: QMainWindow, session: Session, recovery: RecoveryDialog, relink: RelinkDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    report = CrashReport(tmp_path / "report.txt", 0.0)
    report.path.write_text("what went wrong")
    dialogs: list[QDialog] = [
        recovery,
        relink,
        AboutDialog(window),
        ShortcutsDialog(ActionBook(window), {}, window),
        PreferencesDialog(Settings(), window),
        CrashDialog(report, window),
        GoToDialog(session, TimeText(Fraction(24)), window),
    ]
    for dialog in dialogs:
        qtbot.addWidget(dialog)
        named = [w for kind in (QAbstractButton, QComboBox, QAbstractSpinBox) for w in dialog.findChildren(kind)]
        named += [field for field in dialog.findChildren(QLineEdit) if not _inner(field)]
        for widget in named:
            if not _inner(widget):
                assert widget.accessibleName(), (dialog, widget)
                assert widget.toolTip(), (dialog, widget)
        dialog.reject()


def _inner(widget: QWidget) -> bool:
    """Qt's own parts of a control."""
    return widget.objectName().startswith("qt_")
