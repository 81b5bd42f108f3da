"""A cache that keeps what is near the playhead, and more of what lies ahead than of what lies behind."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from engines.types import FrameNo

V = TypeVar("V")

# What was passed is needed again far less soon than what comes.
_BEHIND = 4.0
_ELSEWHERE = 1e9


@dataclass(frozen=True, eq=False)
class _Held(Generic[V]):
    content: Hashable
    clip_id: str
    frame: FrameNo
    value: V
    nbytes: int


class NearCache(Generic[V]):
    """Values by (content, variant) within a byte budget. Thread-safe. What is farthest from the playhead goes first.

    content: what the value was computed from; variant: how it is shown.
    """

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self._held: dict[tuple[Hashable, Hashable], _Held[V]] = {}
        self._contents: Counter[Hashable] = Counter()
        self._bytes = 0
        self._focus = ("", 0, 0)
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        return self._bytes

    def focus(self, clip_id: str, frame: FrameNo, direction: int) -> None:
        """Where the playhead is, and which way it goes (0 = it rests)."""
        with self._lock:
            self._focus = (clip_id, frame, direction)

    def get(self, content: Hashable, variant: Hashable) -> V | None:
        with self._lock:
            held = self._held.get((content, variant))
            return None if held is None else held.value

    def holds(self, content: Hashable) -> bool:
        """Whether any variant of it is held."""
        with self._lock:
            return self._contents[content] > 0

    def put(self, content: Hashable, variant: Hashable, clip_id: str, frame: FrameNo, value: V, nbytes: int) -> None:
        """Keep a value, unless it is larger than the whole budget."""
        with self._lock:
            self._drop((content, variant))
            if nbytes > self.budget:
                return
            self._held[content, variant] = _Held(content, clip_id, frame, value, nbytes)
            self._contents[content] += 1
            self._bytes += nbytes
            self._shrink()

    def resize(self, budget: int) -> None:
        with self._lock:
            self.budget = budget
            self._shrink()

    def forget(self, clip_id: str) -> None:
        """Drop all of a clip."""
        with self._lock:
            for key in [key for key, held in self._held.items() if held.clip_id == clip_id]:
                self._drop(key)

    def _shrink(self) -> None:
        if self._bytes <= self.budget:
            return
        farthest = sorted(self._held, key=lambda key: self._distance(self._held[key]))
        while self._bytes > self.budget and farthest:
            self._drop(farthest.pop())

    def _distance(self, held: _Held[V]) -> float:
        clip_id, frame, direction = self._focus
        if held.clip_id != clip_id:
            return _ELSEWHERE
        ahead = (held.frame - frame) * (direction or 1)
        return float(ahead) if ahead >= 0 else -ahead * (_BEHIND if direction else 1.0)

    def _drop(self, key: tuple[Hashable, Hashable]) -> None:
        held = self._held.pop(key, None)
        if held is None:
            return
        self._bytes -= held.nbytes
        self._contents[held.content] -= 1
        if not self._contents[held.content]:
            del self._contents[held.content]
