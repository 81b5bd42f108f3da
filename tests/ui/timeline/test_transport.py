"""What the transport says, and that its buttons act."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from app.render_bridge import RenderBridge
from app.session import Session
from app.view_state import ViewState
from tests.ui.timeline.stand import StandInBridge, session
from ui.timeline.audio_out import Sound
from ui.timeline.player import Player
from ui.timeline.transport import Transport


class Deck:
    """A transport with its player."""

    def __init__(self, qtbot: QtBot, work: Session) -> None:
        self.session, self.state = work, ViewState()
        bridge = cast(RenderBridge, StandInBridge())
        self.transport = Transport(work, bridge, self.state)
        self.player = Player(work, bridge, self.state, sound=Sound("no audio device"))
        self.transport.follow(self.player)
        qtbot.addWidget(self.transport)

    def press(self, name: str) -> None:
        found = [b for b in self.transport.findChildren(QAbstractButton) if b.accessibleName() == name]
        assert len(found) == 1, name
        found[0].click()


@pytest.fixture
def deck(qtbot: QtBot) -> Iterator[Deck]:
    made = Deck(qtbot, session())
    yield made
    made.player.close()


def test_the_place_is_told_three_ways(deck: Deck) -> None:
    deck.session.seek(37)
    assert deck.transport._time.text() == "00:00:01:13"
    assert deck.transport._frame.text() == "frame 37"
    assert deck.transport._feet.text() == "2 ft 5 fr"
    deck.press("Feet and frames")
    assert deck.transport._feet.text() == "0 ft 37 fr"


def test_buttons_move_the_playhead(deck: Deck) -> None:
    deck.press("To the last frame")
    assert deck.session.playhead == 47
    deck.press("Step back")
    assert deck.session.playhead == 46
    deck.press("To the first frame")
    deck.press("Step")
    assert deck.session.playhead == 1


def test_play_turns_into_stop(deck: Deck) -> None:
    deck.press("Play")
    assert deck.player.speed == 1
    deck.press("Stop")
    assert deck.player.speed == 0


def test_the_rate_is_chosen_and_said(deck: Deck) -> None:
    rates = deck.transport.findChild(QComboBox)
    assert rates is not None
    rates.setCurrentIndex(rates.findText("18 fps"))
    rates.activated.emit(rates.currentIndex())
    assert deck.state.play_rate == 18
    assert deck.player.rate == 18
    assert deck.transport._speed.text() == "18 fps true speed"
    deck.press("Every frame")
    assert deck.transport._speed.text() == "18 fps every frame"


def test_silence_has_a_reason(deck: Deck) -> None:
    assert deck.transport._sound.toolTip() == "Sound off: no audio device"
    assert not deck.transport._sound.isEnabled()


def test_every_control_has_a_name_and_a_tooltip(deck: Deck) -> None:
    controls = [w for w in deck.transport.findChildren(QWidget) if isinstance(w, QAbstractButton | QComboBox)]
    assert len(controls) >= 9
    for control in controls:
        assert control.accessibleName(), control
        assert control.toolTip(), control.accessibleName()


def test_without_a_clip_it_is_empty_and_off(qtbot: QtBot) -> None:
    deck = Deck(qtbot, Session())
    assert deck.transport._time.text() == "--:--:--:--"
    assert not any(button.isEnabled() for button in deck.transport._buttons.values())
    deck.player.close()
