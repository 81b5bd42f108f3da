"""Every action is in a menu, can be reached by its key, says why it is disabled, and lets controls keep their keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QMainWindow, QMenu, QPushButton, QSlider
from pytestqt.qtbot import QtBot

from app.actions import ACTIONS, NEEDS
from ui.action_menus import ActionBook


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[QMainWindow]:
    made = QMainWindow()
    qtbot.addWidget(made)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.setFocus()
    yield made
    made.close()


@pytest.fixture
def book(window: QMainWindow) -> ActionBook:
    made = ActionBook(window)
    window.setMenuBar(made.menu_bar())
    return made


def _in_menus(window: QMainWindow) -> list[QAction]:
    tops = [action.menu() for action in window.menuBar().actions()]
    return [action for menu in tops if isinstance(menu, QMenu) for action in menu.actions() if not action.isSeparator()]


def test_no_key_is_given_twice() -> None:
    """As Qt reads them: different texts may name one key."""
    keys = [QKeySequence(key).toString() for action in ACTIONS.values() for key in action.keys]
    assert "" not in keys
    assert sorted(set(keys)) == sorted(keys)


def test_every_action_is_in_one_menu_and_in_the_list(window: QMainWindow, book: ActionBook) -> None:
    assert sorted(action.objectName() for action in _in_menus(window)) == sorted(ACTIONS)
    assert [entry.id for entry in book.entries()] == list(ACTIONS)


def test_every_menu_opens_by_a_letter_of_its_own(window: QMainWindow, book: ActionBook) -> None:
    letters = [action.text()[action.text().index("&") + 1].lower() for action in window.menuBar().actions()]
    assert len(set(letters)) == len(letters)


@pytest.mark.parametrize("name", [name for name, action in ACTIONS.items() if action.keys and not action.held])
def test_the_key_calls_the_method(name: str, window: QMainWindow, book: ActionBook) -> None:
    called: list[str] = []
    book.bind(name, lambda: called.append(name))
    QTest.keySequence(window, QKeySequence(ACTIONS[name].keys[0]))
    assert called == [name]


def test_a_tooltip_has_title_key_and_consequence(book: ActionBook) -> None:
    assert book.action("view.fit").toolTip() == "Fit (F)\nShows the whole picture as large as it fits."


def test_a_disabled_action_says_why_and_does_nothing(window: QMainWindow, book: ActionBook) -> None:
    called: list[str] = []
    book.bind("view.fit", lambda: called.append("fit"))
    book.bind("play.step_forward", lambda: called.append("step"))
    book.set_available("clip", False)
    QTest.keyClick(window, Qt.Key.Key_F)
    QTest.keyClick(window, Qt.Key.Key_Right)
    book.trigger("view.fit")
    assert called == []
    assert book.action("view.fit").toolTip().endswith(NEEDS["clip"])
    assert {entry.id: entry.why for entry in book.entries()}["view.fit"] == NEEDS["clip"]
    book.set_available("clip", True)
    QTest.keyClick(window, Qt.Key.Key_F)
    assert called == ["fit"]
    assert not book.action("view.fit").toolTip().endswith(NEEDS["clip"])


def test_a_held_key_acts_from_press_to_release(window: QMainWindow, book: ActionBook) -> None:
    seen: list[bool] = []
    book.bind("view.hold_source", seen.append)
    QTest.keyPress(window, Qt.Key.Key_A)
    assert seen == [True]
    QTest.keyRelease(window, Qt.Key.Key_A)
    assert seen == [True, False]


def test_a_held_key_is_let_go_when_the_window_loses_the_keyboard(window: QMainWindow, book: ActionBook) -> None:
    seen: list[bool] = []
    book.bind("view.hold_source", seen.append)
    QTest.keyPress(window, Qt.Key.Key_A)
    QApplication.sendEvent(window, QEvent(QEvent.Type.WindowDeactivate))
    assert seen == [True, False]


@pytest.mark.parametrize(
    ("kind", "key", "action", "kept"),
    [
        (QSlider, "Right", "play.step_forward", True),
        (QSlider, "Space", "play.toggle", False),
        (QPushButton, "Space", "play.toggle", True),
        (QPushButton, "Right", "play.step_forward", False),
        (QListWidget, "Down", "play.next_cut", True),
        (QListWidget, "Left", "play.step_back", False),
        (QLineEdit, "B", "mask.brush", True),
        (QLineEdit, "Home", "play.to_start", True),
    ],
)
def test_a_focused_control_keeps_its_keys(
    kind: type, key: str, action: str, kept: bool, window: QMainWindow, book: ActionBook, qtbot: QtBot
) -> None:
    control = kind()
    window.setCentralWidget(control)
    control.setFocus()
    qtbot.waitUntil(control.hasFocus)
    called: list[str] = []
    book.bind(action, lambda *_: called.append(action))
    QTest.keySequence(control, QKeySequence(key))
    assert bool(called) == (not kept)
    window.setFocus()
    QTest.keySequence(window, QKeySequence(key))
    assert called


def test_keys_can_be_changed_and_given_back(window: QMainWindow, book: ActionBook) -> None:
    called: list[str] = []
    book.bind("view.fit", lambda: called.append("fit"))
    book.bind("view.hold_source", lambda down: called.append(f"held {down}"))
    book.rebind({"view.fit": ("F9",), "view.hold_source": ("F",)})
    QTest.keyClick(window, Qt.Key.Key_F)
    QTest.keyClick(window, Qt.Key.Key_F9)
    assert called == ["held True", "held False", "fit"]
    book.rebind({})
    assert book.keys("view.fit") == ("F",)


def test_choices_exclude_each_other(book: ActionBook) -> None:
    book.set_checked("mask.brush", True)
    book.set_checked("mask.eraser", True)
    assert not book.action("mask.brush").isChecked()


def test_undo_names_what_it_undoes(book: ActionBook) -> None:
    book.set_text("edit.undo", "Undo Paint frame 12")
    assert book.action("edit.undo").toolTip().startswith("Undo Paint frame 12 (")


def test_recent_projects_call_back_with_their_path(book: ActionBook) -> None:
    chosen: list[str] = []
    book.set_recent(["/films/a.tratteggio", "/films/b & c.tratteggio"], chosen.append)
    menu = book.action("file.recent").menu()
    assert isinstance(menu, QMenu)
    menu.actions()[1].trigger()
    assert chosen == ["/films/b & c.tratteggio"]


def test_what_nobody_bound_is_named(book: ActionBook) -> None:
    for name in ACTIONS:
        if name != "edit.undo":
            book.bind(name, lambda *_: None)
    assert book.unbound() == ["edit.undo"]
