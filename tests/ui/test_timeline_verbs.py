"""Timelines out of the window and back into it, in one step that can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import commands
from app.data_folder import HOME_VARIABLE
from app.document import Marker
from tests.clips import write_clip
from tests.ui.stand import Stand, stand
from ui.dialogs.timeline_dialog import TimelineDialog


@pytest.fixture
def stood(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    with stand(qtbot) as made:
        yield made


def offered(stood: Stand) -> TimelineDialog:
    def found() -> list[TimelineDialog]:
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, TimelineDialog) and w.isVisible()]

    stood.qtbot.waitUntil(lambda: bool(found()))
    return found()[0]


@pytest.mark.parametrize("suffix", [".otio", ".edl"])
def test_a_timeline_goes_out_and_comes_back(stood: Stand, tmp_path: Path, suffix: str) -> None:
    stood.drop_whole(write_clip(tmp_path / "reel.mkv", frames=24))
    session = stood.session
    plain = session.document
    document = commands.set_cuts(plain, session.clip_id, {8, 16})
    document = commands.set_in(commands.toggle_marker(document, session.clip_id, 10), session.clip_id, 4)
    session.do("Cuts", document)
    timeline = tmp_path / f"reel{suffix}"
    stood.station.files.timelines.write(timeline)
    stood.qtbot.waitUntil(lambda: any("is written" in notice.sentence for notice in stood.said))
    assert timeline.read_text(encoding="utf-8")
    session.undo()
    assert session.document is plain
    stood.drop(timeline)
    dialog = offered(stood)
    assert session.document is plain
    dialog.take.click()
    clip = session.clip
    assert clip is not None
    assert [shot.start for shot in clip.shots if shot.start >= 4] == [8, 16]
    assert clip.in_point == 4
    assert Marker(10) in clip.markers
    session.undo()
    assert session.document is plain


def test_handles_widen_the_range(stood: Stand, tmp_path: Path) -> None:
    stood.drop_whole(write_clip(tmp_path / "reel.mkv", frames=24))
    session = stood.session
    document = commands.set_in(session.document, session.clip_id, 8)
    session.do("Range", commands.set_out(document, session.clip_id, 15))
    stood.station.files.timelines.write(tmp_path / "reel.otio")
    stood.qtbot.waitUntil(lambda: (tmp_path / "reel.otio").exists())
    stood.drop(tmp_path / "reel.otio")
    dialog = offered(stood)
    dialog.handles.setValue(3)
    dialog.take.click()
    clip = session.clip
    assert clip is not None
    assert (clip.in_point, clip.out_point) == (5, 18)


def test_what_is_no_timeline_is_one_sentence(stood: Stand, tmp_path: Path) -> None:
    (tmp_path / "notes.edl").write_text("Dear all,\n", encoding="utf-8")
    stood.drop(tmp_path / "notes.edl")
    stood.qtbot.waitUntil(lambda: bool(stood.said))
    assert [notice.kind for notice in stood.said] == ["error"]
    assert "notes.edl" in stood.said[0].sentence
