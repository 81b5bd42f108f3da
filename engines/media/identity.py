"""What exactly the source is: size, MD5 and SHA-256 of every file it consists of, read once from end to end."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engines.errors import MediaError
from engines.media.naming import by_pattern, in_folder
from engines.media.source import ClipInfo

_BLOCK = 2**20
_MD5, _SHA256 = re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-f]{64}")
_MOST_FILES = 10_000_000


@dataclass(frozen=True)
class FileIdentity:
    """One file. name: without its folder. size: bytes. md5, sha256: lower-case hex (RFC 1321, FIPS 180-4)."""

    name: str
    size: int
    md5: str
    sha256: str


@dataclass(frozen=True)
class SourceIdentity:
    """All files of a source in the order of their frames.

    sha256: of the whole: a single file's own; of stills, the digest of the UTF-8 text that has one line
    "sha256, two spaces, name, newline" per file, which is what `sha256sum` prints.
    """

    files: tuple[FileIdentity, ...]
    sha256: str

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files)

    def to_json(self) -> dict[str, Any]:
        """In types that JSON knows."""
        return {"sha256": self.sha256, "files": [asdict(file) for file in self.files]}

    @classmethod
    def from_json(cls, held: Mapping[str, Any]) -> SourceIdentity:
        """Inverse of `to_json`. Raises MediaError where it is not one, or its digests contradict each other."""
        try:
            files = tuple(_checked(file) for file in _listed(held["files"]))
            found = cls(files, str(held["sha256"]))
        except (KeyError, TypeError, ValueError) as error:
            raise MediaError(
                f"The source's identification is damaged ({error}).", "Restore it from a good copy."
            ) from error
        if not files or found.sha256 != _of_all(files):
            raise MediaError("The source's identification contradicts itself.", "Restore it from a good copy.")
        return found


def identify(path: Path, info: ClipInfo, step: Callable[[int], None] | None = None) -> SourceIdentity:
    """Read every file of the clip `info`, opened from `path`, once. A number without a file is left out.

    step: called with the count of bytes read since the last call; what it raises (Cancelled) leaves the function.
    Raises MediaError where a file cannot be read, or is another than when the clip was opened.
    """
    files = []
    for file in source_files(path, info):
        try:
            files.append(_identify(file, step))
        except OSError as error:
            raise MediaError(f"{file.name} cannot be read: {error.strerror or error}.", "Check the disk.") from error
    return SourceIdentity(tuple(files), _of_all(tuple(files)))


def source_files(path: Path, info: ClipInfo) -> tuple[Path, ...]:
    """The files that hold the pictures, in the order of their frames. Raises MediaError where they are gone."""
    path = Path(path).absolute()
    if info.kind != "sequence":
        return (path,)
    found = in_folder(path, lambda _: None) if path.is_dir() else by_pattern(path)
    return tuple(found.files.values())


def _identify(file: Path, step: Callable[[int], None] | None) -> FileIdentity:
    md5, sha256, size = hashlib.md5(usedforsecurity=False), hashlib.sha256(), 0
    with file.open("rb", buffering=0) as stream:
        while block := stream.read(_BLOCK):
            md5.update(block)
            sha256.update(block)
            size += len(block)
            if step is not None:
                step(len(block))
    return FileIdentity(file.name, size, md5.hexdigest(), sha256.hexdigest())


def _of_all(files: tuple[FileIdentity, ...]) -> str:
    if len(files) == 1:
        return files[0].sha256
    digest = hashlib.sha256()
    for file in files:
        # A name that is not UTF-8 counts by the bytes that the file system has for it.
        digest.update(f"{file.sha256}  {file.name}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _listed(files: object) -> list[Any]:
    if not isinstance(files, list) or len(files) > _MOST_FILES:
        raise TypeError("its files are not a list")
    return files


def _checked(held: Any) -> FileIdentity:
    texts, size = (held["name"], held["md5"], held["sha256"]), held["size"]
    if not all(isinstance(text, str) for text in texts) or not isinstance(size, int) or size < 0:
        raise TypeError("a file is described by wrong types")
    file = FileIdentity(texts[0], size, texts[1], texts[2])
    if not _MD5.fullmatch(file.md5) or not _SHA256.fullmatch(file.sha256):
        raise ValueError("a digest is not one")
    if file.name in ("", ".", "..") or any(mark in file.name for mark in "/\\\0"):
        raise ValueError("a file's name is a path")
    return file
