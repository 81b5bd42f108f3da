"""Digests of files as packages keep them: one pass over the bytes, whatever their number."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engines.errors import MediaError

_BLOCK = 1 << 20
Step = Callable[[int], None]


@dataclass(frozen=True)
class Fixity:
    """Of one file: size in bytes, digests in lower-case hexadecimal digits."""

    size: int
    sha256: str
    sha512: str


def no_step(_bytes: int) -> None:
    """For whoever does not want to know how many bytes were read."""


def fixity(path: Path, step: Step = no_step) -> Fixity:
    """Read the file once; `step` hears of every block's bytes and may raise to stop. Raises MediaError."""
    short, long, size = hashlib.sha256(), hashlib.sha512(), 0
    try:
        with path.open("rb") as source:
            while block := source.read(_BLOCK):
                short.update(block)
                long.update(block)
                size += len(block)
                step(len(block))
    except OSError as error:
        raise MediaError(f"{path.name} cannot be read ({error.strerror or error}).", "Check the disk.") from error
    return Fixity(size, short.hexdigest(), long.hexdigest())


def digest_of_all(digests: Mapping[str, str]) -> str:
    """One SHA-256 for many files: over lines `SHA-256, two spaces, name` in the order of names, as sha256sum prints."""
    lines = "".join(f"{digests[name]}  {name}\n" for name in sorted(digests))
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()
