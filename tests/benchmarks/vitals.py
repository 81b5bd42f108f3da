"""What a process holds: memory, threads, files, windows, timers; and whether that stays flat over a long session."""

from __future__ import annotations

import gc
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields

import psutil
import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication

from app.memory import stated_bytes
from ui.application import Workstation

_TICK_MS = 5
_DEAF_MS = 50.0
_MIB = 2**20


@dataclass(frozen=True)
class Vitals:
    """Taken at rest: no dialog open, nothing playing. Memory in bytes."""

    seconds: float
    rss: int
    children: int
    pictures: int
    budget: int
    threads: int
    native_threads: int
    handles: int
    windows: int
    widgets: int
    objects: int
    """Live QObjects made by Python."""
    husks: int
    """Python objects whose Qt object is gone."""
    timers: int
    active_timers: int
    deaf: float
    """Longest time since the last sample, in ms, that the interface thread heard nothing."""
    kinds: Counter[str]

    @classmethod
    def columns(cls) -> list[str]:
        return [field.name for field in fields(cls) if field.name != "kinds"]

    def row(self) -> str:
        """CSV, memory in MiB."""
        values = []
        for name in self.columns():
            value = getattr(self, name)
            in_mib = name in ("rss", "children", "pictures", "budget")
            values.append(f"{value / _MIB:.1f}" if in_mib else f"{value:.0f}")
        return ",".join(values)


class Ear(QObject):
    """Notices how long the interface thread was deaf; holds two numbers however long it runs."""

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0
        self.often = 0
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(_TICK_MS)

    @Slot()
    def _tick(self) -> None:
        now = time.perf_counter()
        gap = (now - self._last) * 1000 - _TICK_MS
        self._last = now
        self.longest = max(self.longest, gap)
        self.often += gap > _DEAF_MS

    def forgive(self) -> None:
        """What was just done is no part of the program."""
        self._last = time.perf_counter()

    def heard(self) -> float:
        """The longest silence since this was asked last."""
        longest, self.longest = self.longest, 0.0
        return longest


def take(station: Workstation, started: float, ear: Ear) -> Vitals:
    """Count everything now."""
    deaf = ear.heard()
    gc.collect()
    process = psutil.Process()
    live: list[QObject] = []
    husks = 0
    for thing in gc.get_objects():
        if issubclass(type(thing), QObject):  # isinstance would wake lazy modules
            if shiboken6.isValid(thing):
                live.append(thing)
            else:
                husks += 1
    timers = [thing for thing in live if isinstance(thing, QTimer)]
    pictures, budget = station.bridge.memory
    vitals = Vitals(
        time.monotonic() - started,
        process.memory_info().rss,
        sum(_rss(child) for child in process.children(recursive=True)),
        pictures,
        budget,
        threading.active_count(),
        process.num_threads(),
        process.num_handles() if hasattr(process, "num_handles") else process.num_fds(),
        len(QApplication.topLevelWidgets()),
        len(QApplication.allWidgets()),
        len(live),
        husks,
        len(timers),
        sum(timer.isActive() for timer in timers),
        deaf,
        Counter(type(thing).__name__ for thing in live),
    )
    ear.forgive()
    return vitals


def _rss(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0  # it ended between being listed and being asked


def slope(taken: Sequence[Vitals]) -> float:
    """MiB per minute that resident memory grows by, beyond what pictures hold within their budget; fitted to all."""
    if len(taken) < 2:
        return 0.0
    at = [v.seconds / 60 for v in taken]
    held = [(v.rss - v.pictures) / _MIB for v in taken]
    mean_at, mean_held = sum(at) / len(at), sum(held) / len(held)
    across = sum((a - mean_at) ** 2 for a in at)
    return sum((a - mean_at) * (h - mean_held) for a, h in zip(at, held, strict=True)) / across


# What may come and go between two samples at rest: decoders with their threads and files that stay open for the next
# picture, a message that has not faded yet.
_SLACK = {
    "threads": 1,
    "native_threads": 12,
    "handles": 6,
    "windows": 1,
    "widgets": 30,
    "objects": 30,
    "husks": 10,
    "timers": 4,
    "active_timers": 4,
}


def grown(taken: Sequence[Vitals]) -> list[str]:
    """What the last quarter holds more of than the second one ever did, in words; the first quarter warms up."""
    quarter = max(1, len(taken) // 4)
    early, late = taken[quarter : 2 * quarter] or taken[:1], taken[-quarter:]
    found = []
    for name, slack in _SLACK.items():
        before = max(getattr(v, name) for v in early)
        after = min(getattr(v, name) for v in late)
        if after > before + slack:
            found.append(f"{name}: {before} -> {after}")
    for kind, count in late[-1].kinds.items():
        before = max(v.kinds[kind] for v in early)
        if min(v.kinds[kind] for v in late) > before + 3:
            found.append(f"{kind} objects: {before} -> {count}")
    return found


def over_budget(taken: Sequence[Vitals]) -> list[str]:
    """Where more memory was held than is stated, in words."""
    found = []
    for v in taken:
        stated = stated_bytes(v.budget)
        if v.pictures > v.budget:
            found.append(f"pictures at {v.seconds:.0f} s: {v.pictures / _MIB:.0f} of {v.budget / _MIB:.0f} MiB")
        if v.rss > stated:
            found.append(f"process at {v.seconds:.0f} s: {v.rss / _MIB:.0f} of {stated / _MIB:.0f} MiB")
    return found
