"""Playback: true speed, every frame, shuttle, loops, and the sound as the clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.render_bridge import RenderBridge
from app.session import Session
from app.view_state import ViewState
from tests.clips import write_clip
from tests.ui.timeline.stand import StandInBridge, StandInSink, session
from ui.timeline.audio_out import Sound
from ui.timeline.player import Player


class Bench:
    """A player whose time stands still until the test moves it."""

    def __init__(
        self, work: Session, sink: StandInSink | str = "no audio device", window: QWidget | None = None
    ) -> None:
        self.session, self.bridge, self.state, self.time = work, StandInBridge(), ViewState(), 0.0
        sound, bridge = Sound(sink), cast(RenderBridge, self.bridge)
        self.player = Player(work, bridge, self.state, window, now=lambda: self.time, sound=sound)

    def tick(self, seconds: float) -> int:
        self.time += seconds
        self.player._tick()
        return self.session.playhead


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    made = Bench(session())
    yield made
    made.player.close()


def test_true_speed_drops_frames_rather_than_time(bench: Bench) -> None:
    bench.player.toggle()
    assert bench.state.playing == 1
    assert bench.bridge.travel == (1, 24.0)
    assert bench.tick(1 / 24) == 1
    assert bench.tick(10 / 24) == 11


def test_it_stops_at_the_end_and_begins_anew(bench: Bench) -> None:
    bench.player.toggle()
    assert bench.tick(47 / 24) == 47
    assert bench.state.playing == 1
    bench.tick(1.1 / 24)
    assert bench.state.playing == 0
    assert bench.session.playhead == 47
    bench.player.toggle()
    assert bench.session.playhead == 0


def test_films_play_at_their_true_speed(bench: Bench) -> None:
    bench.state.set("play_rate", 16.0)
    bench.player.toggle()
    assert bench.tick(1.0) == 16


def test_l_again_is_faster_and_j_turns(bench: Bench) -> None:
    speeds = []
    for press in "LLLLLJJK":
        {"L": bench.player.forward, "J": bench.player.reverse, "K": bench.player.stop}[press]()
        speeds.append(bench.player.speed)
    assert speeds == [1, 2, 4, 8, 8, -1, -2, 0]


def test_the_range_loops(qtbot: QtBot) -> None:
    bench = Bench(session(in_point=10, out_point=12))
    bench.session.seek(10)
    bench.player.toggle()
    assert [bench.tick(1 / 24) for _ in range(4)] == [11, 12, 10, 11]
    bench.player.close()


def test_every_frame_waits_until_the_last_one_was_seen(bench: Bench) -> None:
    bench.state.set("every_frame", True)
    bench.player.toggle()
    assert bench.tick(1 / 24) == 1
    assert bench.tick(5.0) == 1
    bench.player.shown(1)
    assert bench.tick(0.0) == 2
    bench.player.shown(2)
    assert bench.tick(0.01) == 2
    assert bench.tick(0.04) == 3


def test_seeking_while_playing_goes_on_from_there(bench: Bench) -> None:
    bench.player.toggle()
    bench.tick(1 / 24)
    bench.session.seek(30)
    assert bench.tick(2 / 24) == 32


def test_anyone_may_stop_it_through_the_state(bench: Bench) -> None:
    bench.player.toggle()
    bench.state.set("playing", 0)
    assert bench.player.speed == 0
    assert bench.tick(1.0) == 0


def test_the_real_rate_is_what_was_shown(bench: Bench, qtbot: QtBot) -> None:
    rates: list[float] = []
    bench.player.real_rate_changed.connect(rates.append)
    bench.player.toggle()
    for _ in range(6):
        bench.tick(3 / 24)
    assert rates[-1] == pytest.approx(8)


def test_k_held_with_l_is_slow_until_l_is_let_go(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    bench = Bench(session(), window=window)

    def key(kind: QEvent.Type, which: Qt.Key, repeat: bool = False) -> None:
        event = QKeyEvent(kind, which, Qt.KeyboardModifier.NoModifier, "", repeat)
        bench.player.eventFilter(window, event)

    key(QEvent.Type.ShortcutOverride, Qt.Key.Key_K)
    bench.player.stop()
    bench.player.forward()
    assert bench.player.speed == 0.25
    key(QEvent.Type.ShortcutOverride, Qt.Key.Key_L, repeat=True)
    bench.player.forward()
    assert bench.player.speed == 0.25
    key(QEvent.Type.KeyRelease, Qt.Key.Key_L)
    assert bench.player.speed == 0
    key(QEvent.Type.KeyRelease, Qt.Key.Key_K)
    bench.player.forward()
    assert bench.player.speed == 1
    bench.player.close()


def test_a_machine_without_a_loudspeaker_plays_silently_and_says_why(bench: Bench) -> None:
    assert bench.player.silent_because == "no audio device"
    bench.player.toggle()
    assert not bench.player.sound.playing


@pytest.fixture
def heard(qtbot: QtBot, tmp_path: Path) -> Iterator[tuple[Bench, StandInSink]]:
    path = write_clip(tmp_path / "tone.mov", frames=48, codec="mpeg4", pix_fmt="yuv420p", audio=True)
    sink = StandInSink()
    made = Bench(session(path=path), sink)
    qtbot.waitUntil(lambda: made.player.sound.reason == "")
    yield made, sink
    made.player.close()


def test_the_sound_is_the_clips_own_and_leads(heard: tuple[Bench, StandInSink], qtbot: QtBot) -> None:
    bench, sink = heard
    bench.session.seek(12)
    bench.player.toggle()
    feed = sink.feed
    assert feed is not None
    qtbot.waitUntil(lambda: len(feed._ring) > 8)
    sink.pull(0.25)
    wave = np.frombuffer(bytes(sink.heard), "<i2").reshape(-1, 2)[:, 0] / 32768
    expected = np.sin(2 * np.pi * 440 * (np.arange(len(wave)) / 48000 + 0.5)) * 9000 / 32768
    assert np.abs(wave - expected).max() < 0.001
    # The wall clock ran on for a second, but only a quarter of one was heard.
    assert bench.tick(1.0) == 18


def test_other_speeds_are_silent(heard: tuple[Bench, StandInSink]) -> None:
    bench, sink = heard
    bench.player.forward()
    assert bench.player.sound.playing
    bench.player.forward()
    assert not bench.player.sound.playing
    assert bench.player.silent_because == "not at the film's own speed"
    bench.state.set("play_rate", 16.0)
    bench.player.stop()
    bench.player.toggle()
    assert sink.feed is None


def test_a_late_decoder_gives_silence_and_time_stands_still(heard: tuple[Bench, StandInSink]) -> None:
    bench, sink = heard
    bench.player.toggle()
    feed = sink.feed
    assert feed is not None
    feed.stop()
    before = feed.position
    assert feed.take(400) == bytes(400)
    assert feed.position == before


def test_a_clip_without_sound_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    bench = Bench(session(path=write_clip(tmp_path / "mute.mkv", frames=2)), StandInSink())
    qtbot.waitUntil(lambda: "has no sound" in bench.player.silent_because)
    bench.player.close()


def test_another_clip_stops_playback(bench: Bench) -> None:
    document = bench.session.document
    bench.session.do("Add", replace(document, clips=(*document.clips, replace(document.clips[0], id="d"))))
    bench.player.toggle()
    bench.session.set_clip("d")
    assert bench.player.speed == 0
