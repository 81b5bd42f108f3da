"""Tokens that long work checks between tiles and frames."""

from __future__ import annotations

import threading

from engines.errors import Cancelled


class CancelToken:
    """Set once from any thread; the work raises at its next check."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        self._event.set()

    def check(self) -> None:
        """Raises Cancelled once `cancel` was called."""
        if self._event.is_set():
            raise Cancelled
