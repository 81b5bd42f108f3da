"""The palette finds every verb, does it, and says why not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from app.actions import ACTIONS
from app.commands import add_clip
from app.document import Document, Media
from app.session import Session
from ui.action_menus import ActionBook
from ui.dialogs.command_palette import CommandPalette, Offer


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    made = QMainWindow()
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    return made


@pytest.fixture
def session() -> Session:
    media = Media(Path("/films/reel.mkv"), "f", 320, 240, 50, Fraction(24))
    document, _clip = add_clip(Document(), media)
    return Session(replace(document))


@pytest.fixture
def palette(window: QMainWindow, session: Session, qtbot: QtBot) -> CommandPalette:
    book = ActionBook(window)
    window.setProperty("book", book)
    made = CommandPalette(book, session, ["/films/old.tratteggio"], window)
    qtbot.addWidget(made)
    made.show()
    return made


def _book(window: QMainWindow) -> ActionBook:
    book = window.findChild(ActionBook)
    assert isinstance(book, ActionBook)
    return book


def _offers(palette: CommandPalette) -> list[Offer]:
    return [palette.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(palette.list.count())]


def test_every_action_is_listed(palette: CommandPalette) -> None:
    listed = [offer.value for offer in _offers(palette) if offer.kind == "action"]
    assert sorted(listed) == sorted(ACTIONS)


def test_typing_and_enter_do_it(palette: CommandPalette, window: QMainWindow) -> None:
    called: list[str] = []
    _book(window).bind("file.export", lambda: called.append("export"))
    QTest.keyClicks(palette.field, "export")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert called == ["export"]
    assert not palette.isVisible()


def test_the_arrows_choose(palette: CommandPalette) -> None:
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    QTest.keyClick(palette.field, Qt.Key.Key_Up)
    assert palette.list.currentRow() == 1


def test_a_number_goes_to_that_frame(palette: CommandPalette, session: Session) -> None:
    QTest.keyClicks(palette.field, "12")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert session.playhead == 12


def test_what_cannot_be_done_says_why_and_stays(window: QMainWindow, session: Session, qtbot: QtBot) -> None:
    book = ActionBook(window)
    book.set_available("undo", False)
    palette = CommandPalette(book, session, (), window)
    qtbot.addWidget(palette)
    palette.show()
    QTest.keyClicks(palette.field, "edit: undo")
    assert _offers(palette)[0].note == "There is nothing to undo."
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_a_recent_project_is_offered(palette: CommandPalette, qtbot: QtBot) -> None:
    QTest.keyClicks(palette.field, "old.trat")
    with qtbot.waitSignal(palette.recent_chosen) as chosen:
        QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert chosen.args == ["/films/old.tratteggio"]


def test_nothing_found_does_nothing(palette: CommandPalette) -> None:
    QTest.keyClicks(palette.field, "qqqqzzzz")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.list.count() == 0
    assert palette.isVisible()
