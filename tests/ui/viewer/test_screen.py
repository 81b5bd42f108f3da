"""When a frame counts as shown, which playing every frame waits for."""

from __future__ import annotations

from typing import cast

import numpy as np
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from app.pictures import Picture, View, Want
from app.render_bridge import RenderBridge
from ui.viewer.screen import Screen

VIEW = View(0, 0, 8, 8, 8, 8)
SOURCE, RESTORED = Want("c", 5, "source", VIEW), Want("c", 5, "restored", VIEW)


class SourceAtOnce(QObject):
    """Has every source picture in memory and no restored one."""

    picture_ready = Signal(object)

    def show(self, wants: tuple[Want, ...]) -> list[Picture]:
        return [answer(want) for want in wants if want.kind == "source"]


def answer(want: Want) -> Picture:
    return Picture(want, np.zeros((8, 8, 4), np.uint8))


def test_a_frame_is_shown_when_every_half_of_it_is_there(qtbot: QtBot) -> None:
    bridge = SourceAtOnce()
    screen = Screen(cast(RenderBridge, bridge))
    seen: list[int] = []
    screen.shown.connect(seen.append)
    screen.show((SOURCE, RESTORED))
    assert seen == []
    bridge.picture_ready.emit(answer(RESTORED))
    assert seen == [5]


def test_a_picture_from_memory_counts_at_once_and_a_failure_too(qtbot: QtBot) -> None:
    bridge = SourceAtOnce()
    screen = Screen(cast(RenderBridge, bridge))
    seen: list[int] = []
    screen.shown.connect(seen.append)
    screen.show((SOURCE,))
    screen.show((RESTORED,))
    bridge.picture_ready.emit(Picture(RESTORED, None, failure="The frame is damaged."))
    assert seen == [5, 5]


def test_what_was_made_of_the_document_before_does_not_pass_for_what_is_wanted_now(qtbot: QtBot) -> None:
    bridge = SourceAtOnce()
    screen = Screen(cast(RenderBridge, bridge))
    screen.show((SOURCE, RESTORED))
    bridge.picture_ready.emit(answer(RESTORED))
    screen.show((SOURCE, RESTORED), again=True)
    shown = {kind: screen.state(kind) for kind in ("source", "restored")}
    assert {kind: picture.exact for kind, picture in shown.items() if picture} == {"source": True, "restored": False}
    bridge.picture_ready.emit(answer(RESTORED))
    now = screen.state("restored")
    assert now is not None
    assert now.exact
