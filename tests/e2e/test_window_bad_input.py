"""What people let go over the window by mistake, and disks that fail: one clear message, no lost work, no storm."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.data_folder import HOME_VARIABLE
from app.journal_folder import JournalFolder
from app.project_io import load_project
from tests.clips import write_clip
from tests.ui.stand import Stand, stand
from ui.dialogs.relink_dialog import RelinkDialog


@pytest.fixture
def stood(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    with stand(qtbot) as made:
        yield made


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "good.mkv", frames=6)


def _text(folder: Path) -> Path:
    path = folder / "letter.txt"
    path.write_text("Dear archive,\n")
    return path


def _text_named_film(folder: Path) -> Path:
    path = folder / "letter.mov"
    path.write_text("Dear archive,\n" * 400)
    return path


def _empty(folder: Path) -> Path:
    path = folder / "nothing.mkv"
    path.touch()
    return path


def _headless(folder: Path) -> Path:
    """Cut off before its index, which stands at the end."""
    whole = write_clip(folder / "whole.mp4", frames=6, codec="libx264", pix_fmt="yuv420p")
    path = folder / "cut.mp4"
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    return path


def _folder(folder: Path) -> Path:
    path = folder / "papers"
    path.mkdir()
    _text(path)
    return path


def _gone(folder: Path) -> Path:
    return folder / "gone.mov"


def _damaged_project(folder: Path) -> Path:
    path = folder / "damaged.tratteggio"
    path.write_text('{"format": "tratteggio", "clips": [')
    return path


def _newer_project(folder: Path) -> Path:
    path = folder / "newer.tratteggio"
    path.write_text(json.dumps({"format": 99, "program": "9.0"}))
    return path


@pytest.mark.parametrize(
    "bad",
    [_text, _text_named_film, _empty, _headless, _folder, _gone, _damaged_project, _newer_project],
)
def test_one_message_and_the_work_stays(stood: Stand, clip: Path, tmp_path: Path, bad: Callable[[Path], Path]) -> None:
    stood.drop_whole(clip)
    stood.save(tmp_path / "work.tratteggio")
    stood.said.clear()
    before = stood.session.document
    stood.drop(bad(tmp_path))
    message = stood.one_message()
    assert message.kind == "error"
    assert stood.session.document is before
    assert stood.dialogs() == []


def test_a_clip_damaged_inside_is_one_message(stood: Stand, clip: Path, tmp_path: Path) -> None:
    """Its frames say it themselves, each in its place."""
    whole = bytearray(write_clip(tmp_path / "inside.mkv", frames=12).read_bytes())
    start = len(whole) // 3
    whole[start : start + len(whole) // 3] = b"\x55" * (len(whole) // 3)
    (tmp_path / "inside.mkv").write_bytes(whole)
    stood.drop(tmp_path / "inside.mkv")
    stood.one_message(settle_ms=1500)
    stood.drop(clip)
    stood.qtbot.waitUntil(lambda: stood.session.clip is not None and stood.session.clip.media.path == clip)


def test_fifty_files_at_once_are_one_message(stood: Stand, clip: Path, tmp_path: Path) -> None:
    papers = [tmp_path / f"letter_{index}.txt" for index in range(50)]
    for paper in papers:
        paper.write_text("Dear archive,\n")
    stood.drop(*papers[:25], clip, *papers[25:])
    message = stood.one_message(settle_ms=800)
    assert "50 of 51" in message.sentence
    assert "letter_0.txt" in message.hint
    assert [held.media.path for held in stood.session.document.clips] == [clip]


def test_a_clip_added_twice_is_there_once(stood: Stand, clip: Path, tmp_path: Path) -> None:
    other = write_clip(tmp_path / "other.mkv", frames=3)
    stood.drop_clip(clip)
    first = stood.session.clip_id
    stood.drop_whole(other)
    before = stood.session.document
    stood.drop(clip)
    assert clip.name in stood.one_message().sentence
    assert stood.session.document is before
    assert stood.session.clip_id == first


def test_two_projects_at_once_open_neither(stood: Stand, clip: Path, tmp_path: Path) -> None:
    stood.drop_whole(clip)
    before = stood.session.document
    stood.drop(tmp_path / "a.tratteggio", tmp_path / "b.tratteggio")
    assert stood.one_message().kind == "warning"
    assert stood.session.document is before


def _project_of(stood: Stand, media: Path, project: Path) -> Path:
    """Saved with a mask, and closed again."""
    stood.drop_whole(media)
    stood.paint(1)
    stood.save(project)
    stood.station.files.new()
    stood.qtbot.waitUntil(lambda: not stood.session.document.clips)
    stood.said.clear()
    return project


def test_media_gone_is_one_question(stood: Stand, clip: Path, tmp_path: Path) -> None:
    project = _project_of(stood, clip, tmp_path / "work.tratteggio")
    moved = tmp_path / "moved"
    moved.mkdir()
    shutil.move(clip, moved / clip.name)
    stood.drop(project)
    dialog = stood.dialog()
    stood.qtbot.wait(1500)
    assert isinstance(dialog, RelinkDialog)
    assert stood.said == []
    held = stood.session.clip
    assert held is not None
    assert sorted(held.damage) == [1]
    dialog.search_folder(moved)
    stood.qtbot.waitUntil(lambda: stood.session.document.clips[0].media.path == moved / clip.name)
    stood.press("Close")
    _sees_pictures(stood)
    assert sorted(stood.session.document.clips[0].damage) == [1]
    assert stood.said == []


def _sees_pictures(stood: Stand) -> None:
    """A restored frame of the active clip comes."""
    stood.station.state.set("compare", "restored")
    session, bridge = stood.session, stood.station.bridge
    stood.qtbot.waitUntil(lambda: "ready" in bridge.cache_states(session.clip_id))


def test_masks_gone_are_one_question(stood: Stand, clip: Path, tmp_path: Path) -> None:
    project = _project_of(stood, clip, tmp_path / "work.tratteggio")
    masks = project.with_name("work.masks")
    masks.rename(tmp_path / "away")
    stood.drop(project)
    box = stood.dialog()
    assert isinstance(box, QMessageBox)
    assert "A mask of work.tratteggio" in box.text()
    stood.press("Open without them")
    stood.qtbot.waitUntil(lambda: bool(stood.session.document.clips))
    assert stood.one_message().kind == "warning"
    assert stood.session.dirty
    # Nothing was written: with its masks back the project is whole.
    (tmp_path / "away").rename(masks)
    assert sorted(load_project(project).clips[0].damage) == [1]


def test_media_that_vanishes_while_open_is_one_message(stood: Stand, tmp_path: Path) -> None:
    stills = tmp_path / "stills"
    stills.mkdir()
    for number in range(8):
        cv2.imwrite(str(stills / f"scan_{number:04d}.png"), np.full((64, 96, 3), number * 20, np.uint8))
    stood.drop_clip(stills)
    _sees_pictures(stood)
    stood.paint(1)
    stood.said.clear()
    shutil.rmtree(stills)
    for frame in range(8):
        stood.session.seek(frame)
        stood.qtbot.wait(60)
    stood.qtbot.wait(1000)
    assert len(stood.said) <= 1, stood.said
    assert sorted(stood.session.document.clips[0].damage) == [1]
    assert stood.dialogs() == []
    stood.save(tmp_path / "kept.tratteggio")


def test_masks_of_another_size_are_one_message(stood: Stand, clip: Path, tmp_path: Path) -> None:
    masks = tmp_path / "masks"
    masks.mkdir()
    for number in range(3):
        cv2.imwrite(str(masks / f"{number:06d}.png"), np.full((10, 10), 255, np.uint8))
    stood.drop_whole(clip)
    before = stood.session.document
    stood.window.viewer.import_masks(masks)
    assert stood.one_message().kind == "error"
    assert stood.session.document is before


def test_nothing_is_dropped_behind_a_question(stood: Stand, clip: Path, tmp_path: Path) -> None:
    """Unsaved work and a question about it: what is dropped meanwhile must not answer it."""
    stood.drop_whole(clip)
    stood.paint(1)
    before = stood.session.document
    stood.drop(_newer_project(tmp_path))
    stood.dialog()
    stood.drop(_damaged_project(tmp_path))
    assert len(stood.dialogs()) == 1
    stood.answer(QMessageBox.StandardButton.Cancel)
    stood.qtbot.wait(300)
    assert stood.said == []
    assert stood.session.document is before


def test_a_folder_that_takes_no_files_is_one_message(stood: Stand, clip: Path, tmp_path: Path) -> None:
    stood.drop_whole(clip)
    stood.paint(1)
    stood.station.keeper.save(Path("/proc/work.tratteggio"))
    message = stood.one_message()
    assert "work.tratteggio" in message.sentence
    assert "writing is not allowed" in message.sentence
    assert stood.session.dirty
    stood.save(tmp_path / "elsewhere.tratteggio")
    assert not stood.session.dirty


def test_a_full_disk_stops_autosave_with_one_message(
    stood: Stand, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stood.drop_whole(clip)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(JournalFolder, "append", full)
        for frame in range(5):
            stood.paint(frame)
            stood.qtbot.wait(30)
        message = stood.one_message()
        assert "no space" in message.sentence
        held = stood.session.clip
        assert held is not None
        assert sorted(held.damage) == list(range(5))
        stood.save(tmp_path / "by_hand.tratteggio")
    assert not stood.session.dirty
