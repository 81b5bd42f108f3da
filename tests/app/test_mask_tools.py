from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app import commands
from app.document import Media
from app.mask_plane import MaskPlane
from app.mask_tools import MaskTools, copy_masks
from app.session import Session
from engines.media.open import open_source
from tests.clips import write_clip

_FRAMES = 6


@pytest.fixture
def session(tmp_path: Path) -> Session:
    path = write_clip(tmp_path / "clip.mkv", frames=_FRAMES, width=192, height=128)
    source = open_source(path)
    info = source.info
    source.close()
    made = Session()
    media = Media(path, info.fingerprint, info.width, info.height, info.frame_count, info.rate)
    document, clip_id = commands.add_clip(made.document, media)
    made.do("Add clip", document)
    made.set_clip(clip_id)
    return made


@pytest.fixture
def tools(session: Session) -> Iterator[MaskTools]:
    made = MaskTools(session)
    yield made
    made.close()


def _square(x: int, y: int, level: int = 255) -> MaskPlane:
    coverage = np.zeros((128, 192), np.uint8)
    coverage[y : y + 24, x : x + 24] = level
    return MaskPlane.of(coverage)


def _paint(session: Session, frame: int, plane: MaskPlane) -> None:
    session.do("Paint", commands.set_mask(session.document, session.clip_id, "damage", frame, plane))


def _centre(session: Session, frame: int) -> float:
    assert session.clip is not None
    coverage = session.clip.damage[frame].coverage().astype(float)
    return float((coverage.sum(axis=0) * np.arange(192)).sum() / coverage.sum())


def _run(qtbot: QtBot, tools: MaskTools, work: Callable[[], None]) -> None:
    with qtbot.waitSignal(tools.ended):
        work()


def test_copying_adds_to_what_is_there(session: Session) -> None:
    _paint(session, 1, _square(10, 10))
    _paint(session, 2, _square(100, 60))
    after = copy_masks(session.document, session.clip_id, "damage", 1, [1, 2, 3, 99])
    masks = after.clip(session.clip_id).damage
    assert sorted(masks) == [1, 2, 3]
    assert masks[3] is masks[1]
    assert (masks[2].coverage() > 0).sum() == 2 * 24 * 24
    assert copy_masks(after, session.clip_id, "damage", 5, [0]) is after


def test_a_mask_follows_the_picture_and_is_one_step(qtbot: QtBot, session: Session, tools: MaskTools) -> None:
    _paint(session, 0, _square(130, 10))
    assert session.clip is not None
    clip, told = session.clip, list[int]()
    tools.progressed.connect(lambda name, done, total: told.append(done))
    _run(qtbot, tools, lambda: tools.propagate(clip, "damage", 0, 4))
    # The texture pans by two pixels a frame.
    moves = [abs(_centre(session, frame) - _centre(session, 0)) for frame in range(5)]
    assert moves == pytest.approx([0, 2, 4, 6, 8], abs=1.0)
    assert 4 in told
    session.undo()
    assert session.clip is not None
    assert sorted(session.clip.damage) == [0]


def test_stopped_work_changes_nothing(qtbot: QtBot, session: Session, tools: MaskTools) -> None:
    _paint(session, 0, _square(130, 10))
    before, notes = session.document, list[str]()
    session.notified.connect(lambda notice: notes.append(notice.sentence))
    clip = session.clip
    assert clip is not None

    def start_and_stop() -> None:
        tools.propagate(clip, "damage", 0, 5)
        tools.cancel()

    _run(qtbot, tools, start_and_stop)
    assert session.document is before
    assert "stopped" in notes[-1]
    assert not tools.busy


def test_masks_go_out_and_come_back(qtbot: QtBot, session: Session, tools: MaskTools, tmp_path: Path) -> None:
    planes = {1: _square(10, 10), 4: _square(50, 50, 90)}
    for frame, plane in planes.items():
        _paint(session, frame, plane)
    clip = session.clip
    assert clip is not None
    _run(qtbot, tools, lambda: tools.export_folder(clip, "damage", tmp_path / "out"))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["000001.png", "000004.png"]
    _run(qtbot, tools, lambda: tools.import_folder(clip, "original", tmp_path / "out"))
    assert session.clip is not None
    assert {frame: plane.key for frame, plane in session.clip.original.items()} == {
        frame: plane.key for frame, plane in planes.items()
    }


def test_nothing_is_overwritten_unasked(qtbot: QtBot, session: Session, tools: MaskTools, tmp_path: Path) -> None:
    _paint(session, 1, _square(10, 10))
    clip, notes = session.clip, list[str]()
    assert clip is not None
    session.notified.connect(lambda notice: notes.append(notice.sentence))
    kept = tmp_path / "000001.png"
    kept.write_bytes(b"mine")
    _run(qtbot, tools, lambda: tools.export_folder(clip, "damage", tmp_path))
    assert kept.read_bytes() == b"mine"
    assert "already holds" in notes[-1]
    _run(qtbot, tools, lambda: tools.export_folder(clip, "damage", tmp_path, overwrite=True))
    assert kept.read_bytes() != b"mine"


def test_a_folder_that_does_not_fit_is_one_sentence(
    qtbot: QtBot, session: Session, tools: MaskTools, tmp_path: Path
) -> None:
    notes, clip = list[str](), session.clip
    assert clip is not None
    session.notified.connect(lambda notice: notes.append(notice.sentence))
    (tmp_path / "empty").mkdir()
    _run(qtbot, tools, lambda: tools.import_folder(clip, "damage", tmp_path / "empty"))
    assert len(notes) == 1
    assert session.clip is clip
