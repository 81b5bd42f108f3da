"""What people let go over the window by mistake, and disks that fail: one clear message, no lost work, no storm."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.data_folder import HOME_VARIABLE
from tests.clips import write_clip
from tests.ui.stand import Stand, stand


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
    stood.drop_clip(clip)
    stood.qtbot.wait(300)
    stood.save(tmp_path / "work.tratteggio")
    stood.said.clear()
    before = stood.session.document
    stood.drop(bad(tmp_path))
    message = stood.one_message()
    assert message.kind == "error"
    assert stood.session.document is before
    assert stood.dialogs() == []
    print(message)
