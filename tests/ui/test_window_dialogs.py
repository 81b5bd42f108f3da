"""Dialogs that wait for what they need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import open_media
from app.data_folder import HOME_VARIABLE
from engines.cancel import CancelToken
from engines.detect.cuts import detect_shots
from engines.detect.shots import ShotList
from engines.media.source import Source
from tests.clips import write_clip
from tests.ui.stand import Stand, stand
from ui.dialogs.export_dialog import ExportDialog


@pytest.fixture
def stood(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    with stand(qtbot) as made:
        yield made


def _open() -> list[ExportDialog]:
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, ExportDialog) and w.isVisible()]


def test_an_export_waits_for_the_cuts(stood: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Event()

    def late(source: Source, cancel: CancelToken) -> ShotList:
        assert asked.wait(60)
        return detect_shots(source, cancel=cancel)

    monkeypatch.setattr(open_media, "detect_shots", late)
    stood.drop_clip(write_clip(tmp_path / "reel.mkv"))
    clip = stood.session.clip
    assert clip is not None
    assert stood.station.opener.searching(clip.id)
    stood.station.dialogs.export()
    assert _open() == []
    asked.set()
    stood.qtbot.waitUntil(lambda: len(_open()) == 1)
    assert stood.session.clip is not None
    assert stood.session.clip.cuts_known
    _open()[0].reject()
    stood.qtbot.waitUntil(lambda: _open() == [])
