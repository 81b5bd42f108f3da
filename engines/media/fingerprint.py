"""The cheap identity of a clip: what it holds, not where it lies or when it was copied."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from engines.plain_file import check_plain

_WHOLE = 64 * 2**20
_BLOCK = 2**20
# Blocks read from a large single file, and from each file of a large sequence (head and tail).
_BLOCKS, _BLOCKS_OF_STILL, _STILL_BLOCK = 32, 2, 16 * 2**10


def fingerprint(path: Path | Sequence[Path]) -> str:
    """SHA-256 (hex) over sizes and contents of a file, or over names, sizes and contents of a sequence's files.

    Up to 64 MiB in all are read whole; beyond that only blocks at the head, the tail and evenly between.
    Raises OSError.
    """
    files = [path] if isinstance(path, Path) else list(path)
    for file in files:
        check_plain(file)
    sizes = [file.stat().st_size for file in files]
    whole = sum(sizes) <= _WHOLE
    digest = hashlib.sha256()
    for file, size in zip(files, sizes, strict=True):
        name = "" if isinstance(path, Path) else file.name
        digest.update(f"{name}\0{size}\0".encode())
        block, count = (_BLOCK, _BLOCKS) if len(files) == 1 else (_STILL_BLOCK, _BLOCKS_OF_STILL)
        with file.open("rb") as stream:
            if whole or size <= block * count:
                while data := stream.read(_BLOCK):
                    digest.update(data)
                continue
            for step in range(count):
                stream.seek((size - block) * step // (count - 1))
                digest.update(stream.read(block))
    return digest.hexdigest()
