"""Threads whose work can wait: below decoding and inference for the screen."""

from __future__ import annotations

import os
import threading

_POLITE = 10


def be_polite() -> None:
    """Called on the thread itself; on Linux a thread has a priority of its own, elsewhere nothing happens."""
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _POLITE)
