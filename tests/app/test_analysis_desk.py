"""The desk that has shots analysed: the one on screen first, once and for all, stopped at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app import commands
from app.analysis_desk import AnalysisDesk
from app.document import Media, StageUse
from app.pictures import Picture, View, Want
from app.project_job import graph_of
from app.render_bridge import RenderBridge
from app.session import Session
from app.shot_desk import ShotProgress
from engines import viewing
from engines.graph import Puller
from engines.media.open import open_source
from engines.policy import EXPORT
from engines.viewing import Window
from tests.app.fake_stages import Pace, fakes
from tests.clips import write_clip

__all__ = ["fakes"]

WIDTH, HEIGHT, FRAMES = 64, 48, 30
VIEW = View(0, 0, WIDTH, HEIGHT, WIDTH, HEIGHT)
WAIT = 60_000


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("desk") / "clip.mkv", frames=FRAMES, width=WIDTH, height=HEIGHT)


@pytest.fixture
def session(path: Path, home: Path, fakes: Pace) -> Session:
    """Three shots of ten frames, evened out."""
    source = open_source(path)
    info = source.info
    source.close()
    media = Media(path, info.fingerprint, info.width, info.height, info.frame_count, info.rate)
    document, clip_id = commands.add_clip(Session().document, media, stages=(StageUse("even"),))
    return Session(commands.set_cuts(document, clip_id, (0, 10, 20)))


class Heard:
    """Everything a desk said."""

    def __init__(self, session: Session) -> None:
        self.desk = AnalysisDesk(session)
        self.news: list[ShotProgress | None] = []
        self.finished: list[int] = []
        self.desk.progressed.connect(self.news.append)
        self.desk.finished.connect(lambda _, index: self.finished.append(index))


@pytest.fixture
def heard(session: Session, qapp: object) -> Iterator[Heard]:
    made = Heard(session)
    yield made
    made.desk.close()


def test_the_shot_on_screen_comes_first_then_those_after_it(session: Session, qtbot: QtBot, fakes: Pace) -> None:
    session.seek(12)
    made = Heard(session)
    qtbot.waitUntil(lambda: len(made.finished) == 3, timeout=WAIT)
    made.desk.close()
    assert made.finished == [1, 2, 0]
    assert fakes.fed == [*range(10, 20), *range(20, 30), *range(10)]
    told = [news for news in made.news if news is not None]
    assert (told[0].shot, told[0].stages, told[0].share) == ("Shot 2", ("even",), 0.0)
    assert made.news[-1] is None


def test_what_was_measured_is_never_measured_again(session: Session, heard: Heard, qtbot: QtBot, fakes: Pace) -> None:
    qtbot.waitUntil(lambda: len(heard.finished) == 3, timeout=WAIT)
    document, clip = session.document, session.clip
    assert clip is not None
    session.do("Off", commands.set_enabled(document, clip.id, 0, "even", False))
    session.do("On", commands.set_enabled(session.document, clip.id, 0, "even", True))
    again = Heard(session)
    qtbot.wait(500)
    again.desk.close()
    assert len(fakes.fed) == FRAMES
    assert not again.finished


def test_cancelling_takes_the_frame_in_hand(heard: Heard, qtbot: QtBot, fakes: Pace) -> None:
    fakes.seconds = 0.02
    qtbot.waitUntil(lambda: len(fakes.fed) > 2, timeout=WAIT)
    fakes.go.clear()
    before = len(fakes.fed)
    heard.desk.cancel()
    fakes.go.set()
    qtbot.waitUntil(lambda: heard.news[-1:] == [None], timeout=WAIT)
    assert heard.desk.stopped
    # One may have been under way already, and one waited to go.
    assert len(fakes.fed) <= before + 2
    done = len(fakes.fed)
    qtbot.wait(300)
    assert len(fakes.fed) == done
    fakes.seconds = 0.0
    heard.desk.resume()
    qtbot.waitUntil(lambda: len(heard.finished) == 3, timeout=WAIT)


def test_an_edit_of_another_shot_does_not_disturb(session: Session, heard: Heard, qtbot: QtBot, fakes: Pace) -> None:
    fakes.seconds = 0.05
    qtbot.waitUntil(lambda: len(fakes.fed) > 2, timeout=WAIT)
    clip = session.clip
    assert clip is not None
    session.do("Off", commands.set_enabled(session.document, clip.id, 2, "even", False))
    qtbot.waitUntil(lambda: len(heard.finished) == 2, timeout=WAIT)
    assert fakes.fed == list(range(20))


def test_a_shot_that_needs_nothing_any_more_is_left(session: Session, heard: Heard, qtbot: QtBot, fakes: Pace) -> None:
    fakes.seconds = 0.05
    qtbot.waitUntil(lambda: len(fakes.fed) > 2, timeout=WAIT)
    clip = session.clip
    assert clip is not None
    session.do("Off", commands.set_enabled(session.document, clip.id, 0, "even", False))
    qtbot.waitUntil(lambda: len(heard.finished) == 2, timeout=WAIT)
    assert heard.finished == [1, 2]
    assert len(fakes.fed) < FRAMES


def test_pictures_wait_for_the_analysis_and_are_then_what_is_exported(
    session: Session, qtbot: QtBot, fakes: Pace, path: Path
) -> None:
    fakes.go.clear()
    bridge, made = RenderBridge(session), Heard(session)
    made.desk.finished.connect(lambda clip_id, _: bridge.renew(clip_id))
    pictures: list[Picture] = []
    bridge.picture_ready.connect(pictures.append)
    want = Want(session.clip_id, 4, "restored", VIEW)
    assert bridge.show([want]) == []
    qtbot.waitUntil(lambda: any(picture.reduction == 1 for picture in pictures), timeout=WAIT)
    assert all(picture.waiting and not picture.exact for picture in pictures)
    assert bridge.show([want]) == [], "what waits must not be kept"
    assert set(bridge.cache_states(session.clip_id)) == {""}
    fakes.go.set()
    qtbot.waitUntil(lambda: any(picture.exact for picture in pictures), timeout=WAIT)
    made.desk.close()
    bridge.close()
    clip, source = session.clip, open_source(path)
    assert clip is not None
    exported = Puller(graph_of(clip, source), EXPORT).pull(4).frame
    expected = viewing.show(exported, Window(0, 0, WIDTH, HEIGHT, WIDTH, HEIGHT))
    untouched = viewing.show(source.read(4), Window(0, 0, WIDTH, HEIGHT, WIDTH, HEIGHT))
    source.close()
    shown = next(picture.pixels for picture in pictures if picture.exact)
    np.testing.assert_array_equal(shown, expected)
    assert shown is not None
    assert not np.array_equal(shown, untouched)
