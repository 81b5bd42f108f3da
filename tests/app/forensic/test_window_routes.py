"""The session of the window holds forensic mode whichever way a document comes: commands, gestures, automatic plans."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest
from pytestqt.qtbot import QtBot

from app import commands
from app.automatic_plan import apply_plans, everything
from app.document import Document, StageUse
from app.forensic.rules import obstacles, without_obstacles
from app.notify import Notice
from app.session import Session
from engines.analysis.finding import Finding
from engines.detect.shots import Shot
from engines.errors import SettingError
from engines.stages.proposing import ShotPlan
from tests.app.works import media, one_clip


def forensic() -> Document:
    return commands.set_forensic(without_obstacles(one_clip()), True)


class Heard:
    """A session with what it said."""

    def __init__(self, document: Document) -> None:
        self.session = Session(document)
        self.notices: list[Notice] = []
        self.shown: list[Document] = []
        self.session.notified.connect(self.notices.append)
        self.session.document_changed.connect(lambda _before, after: self.shown.append(after))


def inventive() -> list[tuple[str, Document]]:
    doc = forensic()
    on = commands.set_enabled(doc, "c1", 0, "detail", True)
    stage = StageUse("model", True, MappingProxyType({"name": "sharp"}))
    (clip,) = doc.clips
    shots = tuple(replace(shot, stages=(*shot.stages, stage)) for shot in clip.shots)
    return [
        ("slider", commands.set_slider(on, "c1", 0, 0.01)),
        ("perceptual", commands.set_setting(on, "c1", 0, "detail", "perceptual", "0.5")),
        ("fill", commands.set_setting(doc, "c1", 1, "inpaint", "spatial", "fill")),
        ("fast", commands.set_setting(on, "c1", 0, "detail", "fast", "on")),
        ("weights", commands.set_setting(on, "c1", 0, "detail", "weights", "mine")),
        ("model", doc.with_clip(replace(clip, shots=shots))),
        ("a clip beside", replace(doc, clips=(clip, replace(one_clip().clips[0], id="c2")))),
    ]


@pytest.mark.parametrize(("_what", "after"), inventive(), ids=lambda value: value if isinstance(value, str) else "")
def test_no_step_and_no_gesture_gets_there(qtbot: QtBot, _what: str, after: Document) -> None:
    heard = Heard(forensic())
    before = heard.session.document
    heard.session.do("Try", after)
    assert heard.session.document is before
    assert "Forensic mode refuses" in heard.notices[0].sentence
    # Controls are told to show again what is.
    assert heard.shown == [before]
    heard.session.begin("Drag")
    heard.session.update(after)
    heard.session.commit()
    assert heard.session.document is before
    assert not heard.session.undo_name
    assert len(heard.notices) == 2


def test_switching_on_is_refused_as_long_as_something_is_in_the_way(qtbot: QtBot) -> None:
    heard = Heard(one_clip())
    heard.session.do("Forensic mode", commands.set_forensic(heard.session.document, True))
    assert not heard.session.document.forensic
    heard.session.do("Forensic mode", commands.set_forensic(without_obstacles(heard.session.document), True))
    assert heard.session.document.forensic
    heard.session.undo()
    assert obstacles(heard.session.document)
    assert not heard.session.document.forensic


def test_what_is_added_comes_as_it_is_let_through() -> None:
    doc, clip_id = commands.add_clip(forensic(), media("b.mov"))
    assert obstacles(doc) == ()
    doc = commands.add_stage(commands.add_stage(doc, clip_id, "grain"), clip_id, "stabilise")
    assert obstacles(doc) == ()
    assert doc.clip(clip_id).shots[0].stage("grain") == StageUse("grain", True, {"add": "own"})
    with pytest.raises(SettingError, match="refuses stage model"):
        commands.add_stage(doc, clip_id, "model")


def test_automatic_restoration_leaves_out_what_invents() -> None:
    finding = Finding("inpaint", 0.5, 0.9, "There is damage.", {"search": "3"})
    plan = ShotPlan(Shot(0, 19), (finding,), 0)
    doc = apply_plans(forensic(), "c1", {0: plan}, everything([(0, plan)]))
    assert obstacles(doc) == ()
    use = doc.clips[0].shots[0].stage("inpaint")
    assert use is not None
    assert dict(use.settings) == {"search": "3", "spatial": "leave"}
