"""Opening clips off the interface thread."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.document import ClipWork, Media
from app.open_media import MediaOpener
from engines.errors import TratteggioError
from tests.clips import write_clip


@pytest.fixture
def opener() -> Iterator[MediaOpener]:
    made = MediaOpener()
    yield made
    made.close()


def test_a_clip_comes_with_its_identity_and_cuts(opener: MediaOpener, qtbot: QtBot, tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mkv", frames=20, width=64, height=48)
    with qtbot.waitSignal(opener.opened) as opened:
        opener.open(path)
    media = opened.args[0]
    assert isinstance(media, Media)
    assert (media.frame_count, media.width, media.height) == (20, 64, 48)
    assert media.fingerprint
    with qtbot.waitSignal(opener.cuts_found) as found:
        opener.find_cuts(ClipWork("c", media))
    assert found.args[0] == "c"
    assert found.args[1][0] == 0


def test_what_is_no_film_is_refused_in_a_sentence(opener: MediaOpener, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear archive,")
    with qtbot.waitSignal(opener.refused) as refused:
        opener.open(path)
    assert refused.args[0] == str(path)
    assert isinstance(refused.args[1], TratteggioError)


def test_closing_in_the_middle_leaves_no_thread(qtbot: QtBot, tmp_path: Path) -> None:
    import threading

    opener = MediaOpener()
    path = write_clip(tmp_path / "a.mkv", frames=200, width=320, height=240)
    with qtbot.waitSignal(opener.opened) as opened:
        opener.open(path)
    opener.find_cuts(ClipWork("c", opened.args[0]))
    opener.close()
    assert not [t for t in threading.enumerate() if t.name.startswith(("open media", "find cuts"))]


def test_a_clip_that_left_keeps_no_other_waiting(opener: MediaOpener, qtbot: QtBot, tmp_path: Path) -> None:
    """A search of minutes ends when its clip leaves; when it comes back it is searched from the start."""
    media = []
    for name, frames in (("long.mkv", 300), ("short.mkv", 20)):
        with qtbot.waitSignal(opener.opened) as opened:
            opener.open(write_clip(tmp_path / name, frames=frames, width=96, height=64))
        media.append(opened.args[0])
    opener.find_cuts(ClipWork("long", media[0]))
    assert opener.keep(["short"]) == {"long"}
    with qtbot.waitSignal(opener.cuts_found) as found:
        opener.find_cuts(ClipWork("short", media[1]))
    assert found.args[0] == "short"
    with qtbot.waitSignal(opener.cuts_found) as found:
        opener.find_cuts(ClipWork("long", media[0]))
        opener.find_cuts(ClipWork("long", media[0]))
    assert found.args[0] == "long"
    assert opener.keep([]) == frozenset()
