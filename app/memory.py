"""How much memory this process has needed at its worst."""

from __future__ import annotations

import sys

import psutil


def peak_memory() -> int:
    """Peak resident memory in bytes; on systems without such a counter, what is resident now."""
    if sys.platform == "win32":
        return int(psutil.Process().memory_info().peak_wset)
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
