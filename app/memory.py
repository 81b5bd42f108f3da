"""How much memory this process has needed at its worst, and how much the window says it will need."""

from __future__ import annotations

import ctypes
import sys

import psutil

from app.history import MOST_BYTES

PROGRAM_BYTES = 1280 * 2**20
"""Libraries, networks, decoders' reference frames, and the largest picture in work."""


# glibc's names for them, and values: pictures get pages of their own, which go back to the system with them.
_M_TRIM_THRESHOLD, _TRIM = -1, 16 * 2**20
_M_MMAP_THRESHOLD, _OWN_PAGES = -3, 2**17


def return_freed_pictures() -> None:
    """Let memory of dropped pictures leave the process at once, where glibc would keep it between smaller things.

    Left alone it raises its threshold with every large array that is freed, up to 32 MiB: after ten minutes of work on
    1080p film half a gibibyte lay idle between small things, and with 1 MiB not less. New pages for every picture cost
    about 0.3 ms per MiB. Elsewhere systems do so by themselves, and nothing is done.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _OWN_PAGES)
        mallopt(_M_TRIM_THRESHOLD, _TRIM)


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
