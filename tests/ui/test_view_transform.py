"""The view transform of the whole window: from the menu, seen by every picture, and there again at the next start."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.settings import load_settings
from engines.colour.screen import AUTOMATIC, Screen, screen_of
from tests.clips import write_clip
from tests.ui.stand import stand
from ui.dialogs.view_dialog import ViewDialog

_WAIT = 60_000


def test_a_view_chosen_in_the_dialog_is_seen_kept_and_undone(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRATTEGGIO_HOME", str(tmp_path / "home"))
    clip = write_clip(tmp_path / "clip.mkv", frames=6)
    table = tmp_path / "black.cube"
    table.write_text("LUT_1D_SIZE 2\n0 0 0\n0 0 0\n", encoding="utf-8")
    with stand(qtbot) as made:
        made.drop_clip(clip)
        screen = made.window.viewer.canvas.screen_pictures
        qtbot.waitUntil(lambda: (shown := screen.state("source")) is not None and shown.exact, timeout=_WAIT)
        made.window.book.trigger("view.transform")
        dialog = made.dialog()
        assert isinstance(dialog, ViewDialog)
        dialog.use_table(str(table))
        wanted = Screen("lut", lut=str(table))
        qtbot.waitUntil(lambda: made.station.state.screen == wanted, timeout=_WAIT)
        qtbot.waitUntil(
            lambda: (
                (shown := screen.state("source")) is not None
                and shown.pixels is not None
                and not shown.pixels[..., :3].any()
            ),
            timeout=_WAIT,
        )
        dialog.accept()
        made.window.book.trigger("view.gamut")
        assert made.station.state.screen == wanted.under("gamut")
        assert made.window.book.action("view.gamut").isChecked()
        made.window.book.trigger("view.false_colour")
        assert not made.window.book.action("view.gamut").isChecked()
    assert screen_of(load_settings().screen) == wanted
    table.unlink()
    with stand(qtbot) as made:
        notice = made.one_message(2000)
        assert notice.sentence.endswith("The view is automatic.")
        assert made.station.state.screen == AUTOMATIC
