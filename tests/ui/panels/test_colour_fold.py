"""The colour tags of a clip in the media panel: what the file says, what is doubtful, what was chosen."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from app.session import Session
from engines.colour.chosen import ChosenTags
from engines.media.source import chosen_info
from engines.types import PixelFormat
from tests.ui.panels import fakes
from ui.panels.colour_fold import ColourFold


def opened(qtbot: QtBot) -> tuple[ColourFold, Session, fakes.FakeBridge]:
    session, bridge = fakes.session(), fakes.bridge()
    made = ColourFold(session, bridge)
    fakes.hold(qtbot, made)
    made.resize(240, 400)
    made.set_folded(False)
    made.show()
    return made, session, bridge


def choose(box: QComboBox, value: str) -> None:
    """As a person does."""
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def tags(session: Session) -> ChosenTags:
    return session.document.clip("c1").media.tags


def test_tags_are_shown_as_read_and_what_is_missing_is_said_quietly(qtbot: QtBot) -> None:
    fold, _, _ = opened(qtbot)
    rows = fold.rows
    assert rows["range"].box.currentText() == "limited (file)"
    assert rows["matrix"].box.currentText() == "BT.601 (525 lines) (file)"
    assert rows["primaries"].box.currentText() == "BT.709 (assumed)"
    assert rows["primaries"].doubt.text() == "The file does not say its primaries: BT.709 are assumed."
    assert not rows["primaries"].sign.isVisible()
    assert not rows["range"].below.isVisible()
    assert "⚠" not in fold.button.text()


def test_a_choice_is_one_step_and_can_be_undone(qtbot: QtBot) -> None:
    fold, session, bridge = opened(qtbot)
    choose(fold.rows["primaries"].box, "bt470bg")
    assert tags(session) == ChosenTags(primaries="bt470bg")
    assert session.undo_name.startswith("Primaries of ")
    bridge.info = chosen_info(fakes.INFO, tags(session))
    bridge.clip_info_ready.emit("c1")
    row = fold.rows["primaries"]
    assert row.box.currentData() == "bt470bg"
    assert row.box.itemText(0) == "not tagged"
    assert row.label.text().endswith("•")
    assert not row.below.isVisible()
    choose(row.box, "")
    assert tags(session) == ChosenTags()
    session.undo()
    session.undo()
    assert tags(session) == ChosenTags()


def test_what_contradicts_itself_is_a_warning_also_while_folded(qtbot: QtBot) -> None:
    fold, _, bridge = opened(qtbot)
    bridge.info = replace(fakes.INFO, colour=replace(fakes.INFO.colour, matrix="bt2020nc", primaries="bt709"))
    bridge.clip_info_ready.emit("c1")
    row = fold.rows["matrix"]
    assert row.sign.isVisible()
    assert "the primaries are BT.709" in row.doubt.text()
    assert "1 doubt" in fold.button.text()
    likely = [row.box.itemText(index) for index in range(row.box.count())]
    assert likely[2] == "BT.709", "what is worth choosing comes first"


def test_tags_that_such_pictures_lack_are_left_out(qtbot: QtBot) -> None:
    fold, _, bridge = opened(qtbot)
    bridge.info = replace(fakes.INFO, format=PixelFormat("gray", 16))
    bridge.clip_info_ready.emit("c1")
    assert not fold.rows["matrix"].box.isVisible()
    assert not fold.rows["chroma_location"].label.isVisible()
    assert fold.rows["transfer"].box.isVisible()
    bridge.info = None
    bridge.clip_info_ready.emit("c1")
    assert not fold.isVisible()


def test_a_tag_is_chosen_by_key(qtbot: QtBot) -> None:
    fold, session, _ = opened(qtbot)
    box = fold.rows["range"].box
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert tags(session).range == "tv"
