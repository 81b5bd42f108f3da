"""Counts frames of one phase and tells progress, a few times a second at the most."""

from __future__ import annotations

import time

from app.export.events import Emit, progress

_INTERVAL_SECONDS = 0.25


class Meter:
    """`begin`, then `step` per frame. The first and the last frame are always told."""

    def __init__(self, phase: str, emit: Emit) -> None:
        self._phase = phase
        self._emit = emit
        self._total = self._n = self._before = 0
        self._start = self._told = 0.0

    def begin(self, total: int, done: int = 0) -> None:
        """`done` frames were finished by an earlier run and do not count for the speed."""
        self._total, self._n, self._before = total, done, done
        self._start = time.monotonic()
        self._told = 0.0
        self._tell()

    def step(self) -> None:
        self.move(1)

    def move(self, frames: int) -> None:
        """By several, or back by those that must be made again."""
        self._n += frames
        if self._n == self._total or time.monotonic() - self._told >= _INTERVAL_SECONDS:
            self._tell()

    def _tell(self) -> None:
        self._told = time.monotonic()
        fps = (self._n - self._before) / max(self._told - self._start, 1e-6)
        eta = (self._total - self._n) / fps if self._n > self._before else None
        self._emit(progress(self._phase, self._n, self._total, fps if eta is not None else 0.0, eta))
