"""Whether the weights that lie in their folder are the ones that we ship: SHA-256 of every file, known beforehand."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from engines.errors import ModelError
from engines.models.registry import weights_folder

LIST = "SHA256SUMS.txt"
"""Beside the weights, as `sha256sum` writes and checks it."""


def shipped_digests(folder: Path) -> Mapping[str, str]:
    """Hexadecimal SHA-256 by file name. Raises ModelError where the list is missing or torn."""
    try:
        lines = (folder / LIST).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"The list of weights {folder / LIST} cannot be read.", "Reinstall Tratteggio.") from error
    found = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    if not found or any(len(digest) != 64 or not name for name, digest in found.items()):
        raise ModelError(f"The list of weights {folder / LIST} is damaged.", "Reinstall Tratteggio.")
    return found


def check_shipped(folder: Path | None = None) -> None:
    """Raises ModelError that names the first weight file that is not the shipped one, or is not listed."""
    folder = folder or weights_folder()
    listed = shipped_digests(folder)
    for name in sorted({*listed, *(path.name for path in folder.glob("*.safetensors"))}):
        path = folder / name
        if name not in listed or not path.is_file() or digest_of_weights(path) != listed[name]:
            raise ModelError(f"The weight file {path} is not the one that was shipped.", "Reinstall Tratteggio.")


def digest_of_weights(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
