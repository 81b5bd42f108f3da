"""What a stage says of a shot that was measured: asked for off the interface thread, kept, asked again when it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.analysis_desk import AnalysisDesk
from app.commands import add_clip, add_stage, set_setting
from app.document import Media
from app.session import Session
from app.summaries_desk import SummariesDesk
from engines.analysis.shot_analysis import Arrays
from engines.media.open import open_source
from engines.media.source import ClipInfo
from engines.stages.catalogue import STAGES
from tests.app.fake_stages import EVEN, EvenSettings, Pace, fakes
from tests.clips import write_clip

__all__ = ["fakes"]
WAIT = 60_000


def says(settings: EvenSettings, arrays: Arrays) -> str:
    return f"{len(arrays['means'])} frames, strength {settings.strength:g}"


@pytest.fixture
def opened(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fakes: Pace
) -> Iterator[tuple[Session, ClipInfo, SummariesDesk]]:
    monkeypatch.setenv("TRATTEGGIO_HOME", str(tmp_path / "home"))
    monkeypatch.setitem(STAGES, "even", replace(EVEN, says=says))
    source = open_source(write_clip(tmp_path / "clip.mkv", frames=6))
    info = source.info
    source.close()
    session, desk = Session(), SummariesDesk()
    media = Media(info.path, info.fingerprint, info.width, info.height, info.frame_count, info.rate)
    document, clip_id = add_clip(session.document, media)
    session.do("Add", add_stage(document, clip_id, "even"))
    session.set_clip(clip_id)
    yield session, info, desk
    desk.close()


def test_a_sentence_comes_once_the_shot_is_measured_and_follows_the_settings(
    opened: tuple[Session, ClipInfo, SummariesDesk], qtbot: QtBot
) -> None:
    session, info, desk = opened

    def told() -> str:
        assert session.clip is not None
        return desk.told(session.clip, 0, "even", info)

    assert told() == ""
    analyses = AnalysisDesk(session)
    analyses.finished.connect(desk.renew)
    try:
        qtbot.waitUntil(lambda: told() == "6 frames, strength 1", timeout=WAIT)
    finally:
        analyses.close()
    session.do("Set", set_setting(session.document, session.clip_id, 0, "even", "strength", "0.5"))
    assert told() == "", "what is known belongs to other settings"
    with qtbot.waitSignal(desk.changed, timeout=WAIT):
        told()
    assert told() == "6 frames, strength 0.5"
    session.undo()
    assert told() == "6 frames, strength 1", "it was kept"


def test_stages_that_say_nothing_are_not_asked(opened: tuple[Session, ClipInfo, SummariesDesk]) -> None:
    session, info, desk = opened
    assert session.clip is not None
    assert desk.told(session.clip, 0, "inpaint", info) == ""
    assert desk.told(session.clip, 0, "even", None) == "", "the clip is not open yet"
