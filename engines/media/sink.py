"""Writing files so that a final name always holds a whole file, and turning the system's refusals into sentences."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

import av

from engines.errors import MediaError, RenderError

PARTIAL = ".partial"


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A name beside `path` to write under; it becomes `path`, replacing an older file, when the block ends well.

    The partial file is removed when the block raises. Raises RenderError for what the file system refuses.
    """
    partial = path.with_name(path.name + PARTIAL)
    with refusals(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            yield partial
            sync(partial)
            partial.replace(path)
        except BaseException:
            # What went wrong first is what the user must hear.
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
            raise


@contextlib.contextmanager
def refusals(path: Path) -> Iterator[None]:
    """Turn the system's and FFmpeg's errors while writing `path` into RenderError."""
    try:
        yield
    except (OSError, av.FFmpegError) as error:
        raise _explained(error, path) from error


def sync(path: Path) -> None:
    """Force a file's bytes to the disk, so that a rename never survives what it names."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def refuse_existing(path: Path) -> None:
    """Raises MediaError where `path` is taken: nothing is ever overwritten."""
    with refusals(path):
        taken = os.path.lexists(path)
    if taken:
        raise MediaError(f"{path.name} exists already.", "Choose another name, or move it away first.")


def _explained(error: OSError | av.FFmpegError, path: Path) -> RenderError:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return RenderError(f"The disk is full: {path.name} could not be written.", "Free some space and resume.")
        case errno.EACCES | errno.EPERM:
            return RenderError(f"There is no permission to write {path}.", "Choose another folder.")
        case errno.EROFS:
            return RenderError(f"{path.parent} is read-only.", "Choose another folder.")
        case errno.ENOTDIR | errno.EEXIST:
            return RenderError(f"{error.filename or path.parent} is not a folder.", "Choose another place.")
        case errno.EFBIG:
            return RenderError(f"The file system takes no file as large as {path.name}.", "Choose another disk.")
        case errno.ENAMETOOLONG:
            return RenderError(f"The name {path.name} is too long for the file system.", "Choose a shorter name.")
    return RenderError(f"{path.name} could not be written: {error.strerror or error}.")
