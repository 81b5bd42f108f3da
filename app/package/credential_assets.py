"""The files that a content credential speaks of, and which of them can carry it inside."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from io import BufferedReader
from pathlib import Path

from engines.errors import MediaError
from engines.media.naming import by_pattern, in_folder, is_pattern

EMBEDDING: Mapping[str, str] = {
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".png": "image/png",
}
"""Media types of the masters that carry credentials inside, by suffix."""


def can_embed(master: Path) -> bool:
    """Whether credentials fit into the master's own files, or into each of its stills."""
    return all(file.suffix.lower() in EMBEDDING for file in files_of(master))


def files_of(master: Path) -> tuple[Path, ...]:
    """The master's files: one, or its stills in order. Raises MediaError where there are none."""
    if is_pattern(master):
        return tuple(by_pattern(master).files.values())
    if master.is_dir():
        return tuple(in_folder(master, lambda _: None).files.values())
    if not master.is_file():
        raise MediaError(f"There is no master {master}.", "Check the path.")
    return (master,)


def checksums(files: Sequence[Path]) -> bytes:
    """What `sha256sum` prints for the files from inside their folder: what the sidecar of stills is bound to."""
    return "".join(f"{sha256_of(file)}  {file.name}\n" for file in files).encode("utf-8", "surrogateescape")


def opened(path: Path) -> BufferedReader:
    """Raises MediaError."""
    try:
        return path.open("rb")
    except OSError as error:
        raise MediaError(f"{path.name} cannot be read: {error.strerror or error}.", "Check the disk.") from error


def sha256_of(path: Path) -> str:
    """Lower-case hex. Raises MediaError."""
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
