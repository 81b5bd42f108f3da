"""Every verb of the table: bound, in a menu, in the palette, and doing its job from the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QMenuBar
from pytestqt.qtbot import QtBot

from app.actions import ACTIONS, MENUS
from tests.clips import write_clip
from tests.ui.stand import Stand, stand
from ui.dialogs.command_palette import CommandPalette
from ui.dialogs.go_to_dialog import GoToDialog


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    """With a clip of 24 frames in it."""
    monkeypatch.setenv("TRATTEGGIO_HOME", str(tmp_path / "home"))
    clip = write_clip(tmp_path / "clip.mkv", frames=24)
    with stand(qtbot) as made:
        made.window.activateWindow()
        made.drop_clip(clip)
        qtbot.waitUntil(lambda: made.session.clip is not None and made.session.clip.cuts_known)
        made.window.viewer.canvas.setFocus()
        qtbot.waitUntil(made.window.viewer.canvas.hasFocus)
        yield made


def _press(stand: Stand, keys: str) -> None:
    """As a keyboard sends it to whatever has the focus."""
    combination = QKeySequence(keys)[0]  # type: ignore[index]
    focus = QApplication.focusWidget() or stand.window
    QTest.keyClick(focus, combination.key(), combination.keyboardModifiers())


def test_every_action_is_bound_listed_and_in_a_menu(window: Stand) -> None:
    book = window.window.book
    assert book.unbound() == []
    bar = window.window.findChild(QMenuBar)
    assert bar is not None
    menus = [action.menu() for action in bar.actions()]
    held = [action.objectName() for menu in menus if isinstance(menu, QMenu) for action in menu.actions()]
    assert [name for name in held if name] == list(ACTIONS)
    assert len(menus) == len(MENUS)
    palette = CommandPalette(book, window.session, [], window.window)
    listed = {palette.list.item(row).text() for row in range(palette.list.count())}
    missing = [row.id for row in ACTIONS.values() if not any(row.text.rstrip(".") in text for text in listed)]
    # Undo names what it undoes.
    assert [name for name in missing if name not in ("edit.undo", "edit.redo")] == []


def test_no_two_actions_share_a_key() -> None:
    keys = [QKeySequence(key).toString() for row in ACTIONS.values() for key in row.keys]
    assert len(keys) == len(set(keys))
    assert all(keys), "a key that Qt does not know"


def test_compare_modes_tools_and_zoom_by_key(window: Stand) -> None:
    state, camera = window.station.state, window.window.viewer.canvas
    for key, mode in zip(
        "1234567", ("source", "restored", "wipe", "side", "difference", "blink", "provenance"), strict=True
    ):
        _press(window, key)
        assert state.compare == mode
    _press(window, "2")
    for key, tool in zip("BEQRNH", ("brush", "eraser", "lasso", "rectangle", "line", "hand"), strict=True):
        _press(window, key)
        assert state.tool == tool
    for key, zoom in (("Ctrl+1", 1.0), ("Ctrl+2", 2.0), ("Ctrl+4", 4.0)):
        _press(window, key)
        assert camera.camera.zoom == pytest.approx(zoom)
    _press(window, "Ctrl+-")
    assert camera.camera.zoom is not None
    assert camera.camera.zoom < 4.0
    _press(window, "F")
    assert camera.camera.zoom is None
    size = state.brush_size
    _press(window, "]")
    assert state.brush_size > size


def test_transport_and_marks_by_key(window: Stand) -> None:
    session = window.session
    steps: tuple[tuple[str, int], ...] = (
        ("End", 23),
        ("Home", 0),
        ("Right", 1),
        ("Shift+Right", 11),
        ("Left", 10),
        ("Shift+Left", 0),
    )
    for key, frame in steps:
        _press(window, key)
        assert session.playhead == frame, key
    marks: tuple[tuple[str, Callable[[], object], object], ...] = (
        ("I", lambda: session.clip and session.clip.in_point, 5),
        ("O", lambda: session.clip and session.clip.out_point, 5),
        ("M", lambda: [mark.frame for mark in session.clip.markers] if session.clip else None, [5]),
        ("S", lambda: [shot.start for shot in session.clip.shots] if session.clip else None, [0, 5]),
    )
    session.seek(5)
    for key, found, value in marks:
        _press(window, key)
        assert found() == value, key
    _press(window, "Up")
    assert session.playhead == 0
    _press(window, "Down")
    assert session.playhead == 5


def test_undo_redo_and_the_brush_by_key(window: Stand) -> None:
    session = window.session
    _press(window, "B")
    _press(window, "Ctrl+Shift+Right")
    QTest.keyClick(window.window.viewer.canvas, Qt.Key.Key_Return)
    assert session.clip is not None
    assert list(session.clip.damage) == [0]
    _press(window, "Ctrl+Z")
    assert not session.clip.damage
    _press(window, "Ctrl+Shift+Z")
    assert list(session.clip.damage) == [0]
    _press(window, "Del")
    assert not session.clip.damage


def test_workspaces_and_dialogs_by_key(window: Stand, qtbot: QtBot) -> None:
    for number, name in enumerate(("review", "repair", "forensic", "deliver"), start=1):
        _press(window, f"Alt+{number}")
        assert window.window.workspaces.current == name
    for key, kind in (("G", GoToDialog), ("Ctrl+K", CommandPalette)):
        _press(window, key)
        dialog = window.dialog()
        assert isinstance(dialog, kind)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: not window.dialogs())
    _press(window, "F11")
    assert not window.window.docks["timeline"].isVisible()
    _press(window, "F11")
    assert window.window.docks["timeline"].isVisible()
