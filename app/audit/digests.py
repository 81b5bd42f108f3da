"""SHA-256 of files by name, as the audit log holds them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from engines.errors import RenderError
from engines.plain_file import check_plain

Named = Mapping[str, Path]
"""Files by the name that the log knows them by: relative to the master's folder, with slashes."""


def file_digests(files: Named) -> dict[str, str]:
    """SHA-256 (hex) of each file, by its name. Raises RenderError where one cannot be read."""
    return {name: _digest(path) for name, path in files.items()}


def _digest(path: Path) -> str:
    try:
        check_plain(path)
        with path.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()
    except OSError as error:
        raise RenderError(f"{path} cannot be read ({error.strerror or error}).", "Check the disk.") from error
