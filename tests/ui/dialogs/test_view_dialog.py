"""The dialog of the view transform: acts at once, fills itself from configurations, says what cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.screen_desk import ScreenDesk
from app.session import Session
from app.view_state import ViewState
from engines.colour.screen import AUTOMATIC, Screen
from ui.dialogs.view_dialog import ViewDialog

_WAIT = 60_000


class _Bridge(QObject):
    def clip_info(self, clip_id: str) -> None:
        return None

    def set_screen(self, screen: Screen) -> None:
        """Thumbnails are not looked at here."""


@pytest.fixture
def state() -> ViewState:
    return ViewState()


@pytest.fixture
def desk(qtbot: QtBot, state: ViewState) -> Iterator[ScreenDesk]:
    made = ScreenDesk(Session(), _Bridge(), state)  # type: ignore[arg-type]
    yield made
    made.close()


def _dialog(qtbot: QtBot, desk: ScreenDesk, screen: Screen = AUTOMATIC) -> ViewDialog:
    made = ViewDialog(desk, screen)
    qtbot.addWidget(made)
    return made


def _pick(dialog: ViewDialog, kind: str) -> None:
    dialog.kind.setCurrentIndex(dialog.kind.findData(kind))


def test_the_automatic_view_follows_every_field(qtbot: QtBot, desk: ScreenDesk, state: ViewState) -> None:
    dialog = _dialog(qtbot, desk)
    dialog.display.setCurrentIndex(dialog.display.findData("p3"))
    dialog.exposure.setValue(0.5)
    dialog.gamma.setValue(1.1)
    dialog.peak.setValue(4000)
    dialog.target.setCurrentIndex(dialog.target.findData("smpte432"))
    assert state.screen == Screen(display="p3", exposure=0.5, gamma=1.1, peak=4000.0, target="smpte432")


def test_a_configuration_fills_the_form_and_is_seen_through(qtbot: QtBot, desk: ScreenDesk, state: ViewState) -> None:
    dialog = _dialog(qtbot, desk)
    _pick(dialog, "ocio")
    qtbot.waitUntil(lambda: state.screen.kind == "ocio", timeout=_WAIT)
    assert dialog.space.currentText() == "Guessed: Rec.1886 Rec.709 - Display"
    assert (state.screen.space, state.screen.device) == ("", "sRGB - Display")
    dialog.view.setCurrentIndex(dialog.view.findData("Raw"))
    qtbot.waitUntil(lambda: state.screen.view == "Raw", timeout=_WAIT)
    again = _dialog(qtbot, desk, state.screen)
    qtbot.waitUntil(lambda: again.view.currentData() == "Raw", timeout=_WAIT)
    assert again.kind.currentData() == "ocio"


def test_a_configuration_that_is_not_there_is_said_and_changes_nothing(
    qtbot: QtBot, desk: ScreenDesk, state: ViewState
) -> None:
    dialog = _dialog(qtbot, desk, Screen("ocio", config="/nowhere/none.ocio"))
    qtbot.waitUntil(lambda: "There is no OpenColorIO configuration" in dialog.message.text(), timeout=_WAIT)
    assert not dialog.view.isEnabled()
    assert state.screen == AUTOMATIC
    _pick(dialog, "automatic")
    assert dialog.message.text() == ""


def test_a_table_is_seen_through_or_refused_in_a_sentence(
    qtbot: QtBot, desk: ScreenDesk, state: ViewState, tmp_path: Path
) -> None:
    dialog = _dialog(qtbot, desk)
    good, bad = tmp_path / "good.cube", tmp_path / "bad.cube"
    good.write_text("LUT_1D_SIZE 2\n0 0 0\n1 1 1\n", encoding="utf-8")
    bad.write_text("nothing of the kind", encoding="utf-8")
    dialog.use_table(str(good))
    qtbot.waitUntil(lambda: state.screen.lut == str(good), timeout=_WAIT)
    assert dialog.table.text() == "good.cube"
    assert not dialog.exposure.isEnabled()
    dialog.use_table(str(bad))
    qtbot.waitUntil(lambda: "bad.cube" in dialog.message.text(), timeout=_WAIT)
    assert state.screen == AUTOMATIC


def test_automatic_puts_everything_back(qtbot: QtBot, desk: ScreenDesk, state: ViewState) -> None:
    dialog = _dialog(qtbot, desk, Screen(display="p3", exposure=2.0))
    dialog._on_reset()
    assert state.screen == AUTOMATIC
    assert dialog.exposure.value() == 0.0
    assert dialog.display.currentData() == "srgb"
