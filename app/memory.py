"""How much memory this process has needed at its worst, and how much the window says it will need."""

from __future__ import annotations

import sys

import psutil

from app.history import MOST_BYTES

PROGRAM_BYTES = 1280 * 2**20
"""Libraries, networks, decoders' reference frames, and the largest picture in work."""


def stated_bytes(pictures: int) -> int:
    """What the window needs at most, where pictures may hold so much; undo's share is in it."""
    return PROGRAM_BYTES + pictures + MOST_BYTES


def peak_memory() -> int:
    """Peak resident memory in bytes; on systems without such a counter, what is resident now."""
    if sys.platform == "win32":
        return int(psutil.Process().memory_info().peak_wset)
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
