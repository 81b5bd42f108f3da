"""One maker per key: others that want the same wait for it instead of making it again."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager


class Once:
    """Thread-safe. The holder of a key may ask for other keys, as long as no ring of keys wait for each other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy: dict[Hashable, tuple[threading.RLock, list[int]]] = {}

    @contextmanager
    def __call__(self, key: Hashable) -> Iterator[None]:
        """Alone with `key` inside the context; look there first whether another made it meanwhile."""
        with self._lock:
            lock, users = self._busy.setdefault(key, (threading.RLock(), [0]))
            users[0] += 1
        try:
            with lock:
                yield
        finally:
            with self._lock:
                users[0] -= 1
                if users[0] == 0:
                    self._busy.pop(key, None)
