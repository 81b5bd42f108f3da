"""Every kind of work, again and again, leaves nothing behind: `tests.benchmarks.soak` in small."""

from __future__ import annotations

import gc
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import psutil
import pytest
import shiboken6
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.cli import parse
from tests.benchmarks.hands import Act, Hands, Player
from tests.benchmarks.vitals import Ear, Vitals, grown, over_budget, take
from tests.clips import write_clip
from ui.application import Workstation, build

_ROUNDS = 3
_PACE = 0.3
# One for every icon, and for every widget whose style was asked for, that was ever shown.
_KEPT = {"QSvgRenderer", "QCommonStyle"}


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Callable[[], Workstation]:
    monkeypatch.setenv("TRATTEGGIO_HOME", str(tmp_path / "home"))
    return lambda: build(parse(["open"]))


def _work(station: Workstation, folder: Path) -> list[Vitals]:
    film = write_clip(folder / "film.mkv", frames=48, width=192, height=128)
    second = write_clip(folder / "second.mkv", frames=12, width=96, height=64)
    hands, taken, ear = Hands(station, film, second, folder / "work.tratteggio"), list[Vitals](), Ear()
    started = time.monotonic()

    def script() -> Act:
        yield from hands.begin()
        for _ in range(_ROUNDS):
            yield from hands.once()
            yield from hands.rest()
            taken.append(take(station, started, ear))

    Player(_PACE).play(script())
    return taken


def _threads() -> set[threading.Thread]:
    return set(threading.enumerate())


def _active_timers() -> set[int]:
    return {id(thing) for thing in gc.get_objects() if issubclass(type(thing), QTimer) and _active(thing)}


def _active(thing: object) -> bool:
    return shiboken6.isValid(thing) and cast(QTimer, thing).isActive()


def _open_files(folder: Path) -> list[str]:
    return [held.path for held in psutil.Process().open_files() if folder in Path(held.path).parents]


def test_work_leaves_nothing_behind(make: Callable[[], Workstation], qtbot: QtBot, tmp_path: Path) -> None:
    threads, timers = _threads(), _active_timers()
    station = make()
    station.window.resize(1400, 900)
    station.window.show()
    taken = _work(station, tmp_path)
    assert over_budget(taken) == []
    assert grown(taken) == []
    more = taken[-1].kinds - taken[0].kinds
    stays = {kind: n for kind, n in more.items() if n >= _ROUNDS - 1 and kind not in _KEPT}
    assert stays == {}, "something stays behind in every round"
    station.session.mark_saved(station.session.document, tmp_path / "work.tratteggio", 0.0)
    station.window.close()
    assert not station.window.isVisible()
    assert _threads() - threads == set()
    assert _open_files(tmp_path) == []
    qtbot.waitUntil(lambda: _active_timers() <= timers)


def test_growth_is_seen() -> None:
    """The measure itself: two more timers and messages in every sample are no slack."""
    first = Vitals(0.0, 0, 0, 0, 1, 9, 20, 20, 15, 300, 600, 0, 19, 2, 0.0, Counter(Toast=1))
    flat = [replace(first, seconds=float(n)) for n in range(8)]
    assert grown(flat) == []
    leaking = [replace(sample, timers=19 + 2 * n, kinds=Counter(Toast=2 * n)) for n, sample in enumerate(flat)]
    assert [line.split(":")[0] for line in grown(leaking)] == ["timers", "Toast objects"]
