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
    """JSON proper: no NaN, no infinity. Raises ValueError, also for what is nested too deeply."""
    try:
        return json.loads(text, parse_constant=_refused)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _check(path: Path, found: os.stat_result, most: int | None) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(path))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
    if most is not None and found.st_size > most:
        raise OSError(errno.EFBIG, f"it is too large ({found.st_size:,} bytes)", str(path))


def _refused(name: str) -> Any:
    raise ValueError(f"it holds {name}")
