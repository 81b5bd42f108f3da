"""Tests of the search for moved media on its thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.document import Media
from app.media_finder import MediaFinder
from engines.media.fingerprint import fingerprint
from tests.app.works import media


@pytest.fixture
def finder(qapp: object) -> Iterator[MediaFinder]:
    made = MediaFinder()
    yield made
    made.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("media finder")]


@pytest.fixture
def reel(tmp_path: Path) -> Media:
    path = tmp_path / "renamed.mov"
    path.write_bytes(b"the film")
    return replace(media(), fingerprint=fingerprint(path))


def test_found_by_content(finder: MediaFinder, reel: Media, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(finder.found) as answer:
        finder.search("c1", reel, tmp_path)
    assert answer.args == ["c1", tmp_path / "renamed.mov"]
    with qtbot.waitSignal(finder.found):
        finder.check("c1", reel, tmp_path / "renamed.mov")


def test_what_is_not_there_is_said(finder: MediaFinder, reel: Media, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "renamed.mov").write_bytes(b"another film")
    with qtbot.waitSignal(finder.refused) as answer:
        finder.search("c1", reel, tmp_path)
    assert answer.args is not None
    assert "under any name" in answer.args[1].sentence
    with qtbot.waitSignal(finder.refused) as answer:
        finder.check("c1", reel, tmp_path / "renamed.mov")
    assert answer.args is not None
    assert "other content" in answer.args[1].sentence


def test_after_a_cancel_no_answer_comes(finder: MediaFinder, reel: Media, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(finder.found, wait=200):
        finder.search("c1", reel, tmp_path)
        finder.cancel()
