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
_M_MMAP_THRESHOLD, _OWN_PAGES, _SHARED_PAGES = -3, 2**17, 2**24


def return_freed_pictures() -> None:
    """Let memory of dropped pictures leave the process at once, where glibc would keep it between smaller things.

    Left alone it raises its threshold with every large array that is freed, up to 32 MiB: after ten minutes of work on
    1080p film half a gibibyte lay idle between small things, and with 1 MiB not less. New pages for every picture cost
    0.3 to 3 ms per MiB. Elsewhere systems do so by themselves, and nothing is done.
    """
    _tell_glibc(_OWN_PAGES, give_back=True)


def keep_freed_pictures() -> None:
    """Let what is dropped be the room of what comes next, until `return_freed_pictures`: for a handle that is held.

    The same arrays are made again and again then; on pages of their own each takes three to five times as long.
    """
    _tell_glibc(_SHARED_PAGES)


def _tell_glibc(own_pages_from: int, *, give_back: bool = False) -> None:
    if not sys.platform.startswith("linux"):
        return
    library = ctypes.CDLL(None)
    mallopt, trim = getattr(library, "mallopt", None), getattr(library, "malloc_trim", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, own_pages_from)
        mallopt(_M_TRIM_THRESHOLD, _TRIM)
    if give_back and trim is not None:
        trim(0)


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
