"""A least-recently-used cache bounded by bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, Protocol, TypeVar


class Sized(Protocol):
    """Anything that knows its own size in bytes."""

    @property
    def nbytes(self) -> int: ...


K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Sized)


class ByteCache(Generic[K, V]):
    """Thread-safe; a value larger than the whole budget is not kept."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self._held: OrderedDict[K, V] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        return self._bytes

    def get(self, key: K) -> V | None:
        with self._lock:
            value = self._held.get(key)
            if value is not None:
                self._held.move_to_end(key)
            return value

    def put(self, key: K, value: V) -> None:
        with self._lock:
            old = self._held.pop(key, None)
            if old is not None:
                self._bytes -= old.nbytes
            if value.nbytes > self.budget:
                return
            self._held[key] = value
            self._bytes += value.nbytes
            while self._bytes > self.budget:
                _, evicted = self._held.popitem(last=False)
                self._bytes -= evicted.nbytes

    def items(self) -> list[tuple[K, V]]:
        """What is held now, what was used least lately first."""
        with self._lock:
            return list(self._held.items())

    def clear(self) -> None:
        with self._lock:
            self._held.clear()
            self._bytes = 0
