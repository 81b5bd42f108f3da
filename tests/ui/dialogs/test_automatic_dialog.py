"""The review of automatic restoration: nothing before Apply, only what is ticked, one undo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app import automatic as automatic_module
from app.automatic import Automatic
from app.document import ClipWork, Document, Media, ShotWork, StageUse
from app.session import Session
from engines.analysis.finding import Finding
from engines.analysis.shot_analysis import Progress
from engines.analysis.store import AnalysisStore
from engines.cancel import CancelToken
from engines.colour.screen import AUTOMATIC
from engines.detect.shots import Shot
from engines.errors import FrameError
from engines.media.open import open_source
from engines.media.source import Source
from engines.stages.proposing import ShotPlan
from tests.clips import write_clip
from ui.dialogs.automatic_dialog import AutomaticDialog

_DETAIL = Finding("detail", 0.6, 0.8, "Blocks show.", {"scale": "1", "noise": "0", "compression": "20"})
_REPAIR = Finding("inpaint", 0.2, 0.5, "Specks.")


def _plan(source: Source, shot: Shot, store: AnalysisStore, cancel: CancelToken, progress: Progress) -> ShotPlan:
    cancel.check()
    progress(1, 1)
    return ShotPlan(shot, (_REPAIR, _DETAIL) if shot.first == 0 else (), shot.first)


class _Kit:
    def __init__(self, qtbot: QtBot, path: Path) -> None:
        info = open_source(write_clip(path, frames=6)).info
        media = Media(path, info.fingerprint, info.width, info.height, 6, info.rate)
        shots = tuple(ShotWork(start, stages=(StageUse("inpaint", enabled=False),)) for start in (0, 4))
        self.session, self.automatic, self.screen = Session(), Automatic(), AUTOMATIC
        self.session.load(Document((ClipWork("c1", media, shots, True),)))
        self.qtbot, self.clip = qtbot, self.session.document.clip("c1")

    def open(self) -> AutomaticDialog:
        dialog = AutomaticDialog(self.session, self.automatic, self.clip, self.screen)
        self.qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    def looked(self) -> AutomaticDialog:
        """Opened, and told that the search has ended: its bar is gone."""
        dialog = self.open()
        self.qtbot.waitUntil(dialog.bar.isHidden)
        return dialog


@pytest.fixture
def kit(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Kit]:
    monkeypatch.setattr(automatic_module, "plan_shot", _plan)
    made = _Kit(qtbot, tmp_path / "a.mkv")
    yield made
    made.automatic.close()


def test_nothing_is_applied_unseen_and_one_undo_takes_it_back(kit: _Kit) -> None:
    before = kit.session.document
    dialog = kit.looked()
    assert kit.session.document is before
    assert sorted(dialog.shots) == [0, 1]
    assert dialog.shots[0].chosen() == {"inpaint", "detail"}
    assert not dialog.shots[1].chosen()
    dialog.shots[0].boxes["inpaint"].setChecked(False)
    dialog.apply_button.click()
    first, second = kit.session.document.clip("c1").shots
    assert {use.name: use.enabled for use in first.stages} == {"inpaint": False, "detail": True}
    assert {use.name: use.enabled for use in second.stages} == {"inpaint": False, "detail": False}
    kit.session.undo()
    assert kit.session.document == before


def test_unticked_there_is_nothing_to_apply(kit: _Kit) -> None:
    dialog = kit.looked()
    dialog.none_button.click()
    assert not dialog.apply_button.isEnabled()
    dialog.all_button.click()
    assert dialog.apply_button.isEnabled()
    assert "2 proposals in 2 shots" in dialog.said.text()


def test_a_clip_cut_anew_meanwhile_is_not_touched(kit: _Kit) -> None:
    dialog = kit.looked()
    clip = kit.session.document.clip("c1")
    kit.session.do("cut", kit.session.document.with_clip(ClipWork("c1", clip.media, clip.shots[:1], True)))
    held = kit.session.document
    dialog.apply_button.click()
    assert kit.session.document is held
    assert "look at it again" in dialog.said.text()


def test_the_picture_after_differs_only_where_something_is_proposed(kit: _Kit) -> None:
    dialog = kit.looked()
    one, other = dialog.shots[0].reviewed, dialog.shots[1].reviewed
    assert one.before.shape == one.after.shape
    assert (one.before != one.after).any()
    assert (other.before == other.after).all()


def test_pictures_are_seen_through_the_view_transform(kit: _Kit) -> None:
    plain = kit.looked().shots[0].reviewed
    kit.screen = replace(AUTOMATIC, exposure=-2.0)
    darker = kit.looked().shots[0].reviewed
    for one, other in ((plain.before, darker.before), (plain.after, darker.after)):
        assert other[..., :3].mean() < 0.8 * one[..., :3].mean()


def test_what_cannot_be_read_is_said_in_a_sentence(kit: _Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> ShotPlan:
        raise FrameError(3, "Frame 3 is damaged.", "Choose hold.")

    monkeypatch.setattr(automatic_module, "plan_shot", refuse)
    dialog = kit.looked()
    assert dialog.said.text() == "Frame 3 is damaged. Choose hold."
