"""Files of others that are read whole: ordinary files of a bounded size, never pipes or devices, and JSON in them."""

from __future__ import annotations

import errno
import json
import os
import stat
from pathlib import Path
from typing import Any

MOST = 64 * 2**20
"""Bytes, where a caller knows no better bound."""

_DEEPEST = 100
_HOLLOW = 1 << 30
_TOO_DEEP = "it is nested too deeply"
# Whoever opens a pipe without it waits until somebody writes there.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def check_plain(path: Path, most: int | None = None) -> None:
    """Raises OSError where there is nothing, or anything but an ordinary file of at most `most` bytes."""
    _check(path, path.stat(), most)


def read_whole(path: Path, most: int = MOST) -> bytes:
    """The bytes of a file. Raises OSError as `check_plain` does, and where it cannot be read."""
    check_plain(path, most)
    with os.fdopen(os.open(path, _FLAGS), "rb") as source:
        _check(path, os.fstat(source.fileno()), most)
        return source.read(most + 1)[:most]


def read_words(path: Path, most: int = MOST) -> str:
    """The text of a UTF-8 file. Raises OSError as `read_whole` does, UnicodeDecodeError (a ValueError)."""
    return read_whole(path, most).decode("utf-8")


def read_json(path: Path, most: int = MOST) -> Any:
    """What a JSON file holds. Raises OSError as `read_whole` does, ValueError as `loaded` does."""
    return loaded(read_words(path, most))


def loaded(text: str | bytes) -> Any:
    """JSON proper: no NaN, no infinity. Raises ValueError, also for what is nested more than 100 deep."""
    try:
        found = json.loads(text, parse_constant=_refused)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    _check_depth(found)
    return found


def hollow(found: os.stat_result) -> bool:
    """Nobody reads terabytes of nothing: pictures and their digests do not shrink a hundredfold on any disk."""
    taken = getattr(found, "st_blocks", found.st_size) * 512  # Windows does not tell
    return found.st_size > _HOLLOW and found.st_size > 100 * taken


def _check(path: Path, found: os.stat_result, most: int | None) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(path))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
    if most is not None and found.st_size > most:
        raise OSError(errno.EFBIG, f"it is too large ({found.st_size:,} bytes)", str(path))
    if hollow(found):
        raise OSError(errno.EFBIG, f"it has {found.st_size:,} bytes and hardly anything in them", str(path))


def _check_depth(found: object) -> None:
    """What reads it goes down by recursion, copies and prints it, too."""
    level = [found] if isinstance(found, dict | list) else []
    for _ in range(_DEEPEST):
        if not level:
            return
        inside = (one for held in level for one in (held.values() if isinstance(held, dict) else held))
        level = [one for one in inside if isinstance(one, dict | list)]
    if level:
        raise ValueError(_TOO_DEEP)


def _refused(name: str) -> Any:
    raise ValueError(f"it holds {name}")
