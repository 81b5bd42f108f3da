"""Write a file so that a crash leaves the old one or the new one, never neither."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


def write_atomically(path: Path, data: bytes) -> None:
    """On the disk when this returns. Raises OSError; then the old file is untouched."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    with removed_on_error(partial):
        write_through(partial, data)
        partial.replace(path)
    sync_folder(path.parent)


def write_through(path: Path, data: bytes) -> None:
    """Write and wait for the disk. Raises OSError."""
    with path.open("wb") as sink:
        sink.write(data)
        sink.flush()
        os.fsync(sink.fileno())


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def removed_on_error(path: Path) -> Iterator[None]:
    """What was begun at `path` does not stay behind where it fails."""
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):  # the first error is the one to tell
            path.unlink(missing_ok=True)
        raise
