"""The journal of a render: which segments are whole, one JSON line each, on disk before the next begins."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from app.export.typed import typed
from engines.errors import RenderError
from engines.plain_file import loaded, read_whole
from engines.provenance import Origin

_LARGEST = 2**30
_LONGEST_NAME = 60


@dataclass(frozen=True)
class DoneSegment:
    """A finished segment. Files are named relative to the work folder; digests are of the files' bytes."""

    key: str
    first: int
    count: int
    picture: str
    picture_digest: str
    provenance: str
    provenance_digest: str
    hashes: tuple[str, ...]
    provenance_hashes: tuple[str, ...]
    reorder: int
    """How many frames the pictures' decoding order runs ahead of display."""
    label_counts: tuple[tuple[int, ...], ...]
    """Pixels under each label, frame by frame."""
    light: tuple[float, float] | None = None
    """Of PQ pictures: cd/m2 of the brightest component, and of the frame whose pixels' brightest average most."""
    unrepaired: tuple[int, ...] = ()
    """Pixels of known damage that were left as they are, frame by frame."""
    looks: tuple[str, ...] = ()
    """What tells the source's frames from each other (`engines.media.witness`); empty where nobody looked."""
    delta: str | None = None
    """Of reversible masters: the file from which, with the pictures, the source's are rebuilt."""
    delta_digest: str = ""
    delta_hashes: tuple[str, ...] = ()
    source_hashes: tuple[str, ...] = ()
    """MD5 of the source's frames in their own layout, as framemd5 has them."""
    stand_ins: tuple[int, ...] = ()
    """Frames of the source that could not be read and were replaced when this segment was rendered."""

    @property
    def files(self) -> tuple[str, ...]:
        """Names of all its files."""
        return tuple(name for name in (self.picture, self.provenance, self.delta) if name is not None)


class Journal:
    """Append-only `journal.jsonl` in the work folder; a torn last line (a crash while writing) is ignored."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "journal.jsonl"

    def load(self) -> Mapping[str, DoneSegment]:
        """Finished segments by key whose files are still there, unchanged. Raises RenderError."""
        if not self.path.exists():
            return {}
        found: dict[str, DoneSegment] = {}
        try:
            lines = read_whole(self.path, _LARGEST).splitlines()
        except OSError as error:
            raise RenderError(
                f"The journal in {self.path.parent.name} cannot be read: {error.strerror or error}.",
                "Remove that folder to render everything anew.",
            ) from error
        for line in lines:
            segment = _parsed(line)
            if segment is not None and self._intact(segment):
                found[segment.key] = segment if self._has_delta(segment) else without_delta(segment)
        return found

    def append(self, segment: DoneSegment) -> None:
        """Returns once the line is on the disk."""
        with self.path.open("a", encoding="utf-8") as sink:
            if sink.tell() and not self._ends_with_newline():
                sink.write("\n")
            sink.write(json.dumps(asdict(segment)) + "\n")
            sink.flush()
            os.fsync(sink.fileno())

    def _ends_with_newline(self) -> bool:
        with self.path.open("rb") as source:
            source.seek(-1, os.SEEK_END)
            return source.read(1) == b"\n"

    def _intact(self, segment: DoneSegment) -> bool:
        files = ((segment.picture, segment.picture_digest), (segment.provenance, segment.provenance_digest))
        return all(self._same(name, digest) for name, digest in files)

    def _has_delta(self, segment: DoneSegment) -> bool:
        return segment.delta is not None and self._same(segment.delta, segment.delta_digest)

    def _same(self, name: str, digest: str) -> bool:
        path = self.path.parent / name
        try:
            return path.exists() and digest_of(path) == digest
        except OSError:
            return False  # what cannot be read is made again


def without_delta(segment: DoneSegment) -> DoneSegment:
    """The segment as if none had been asked for."""
    return replace(segment, delta=None, delta_digest="", delta_hashes=(), source_hashes=(), stand_ins=())


def _parsed(line: bytes) -> DoneSegment | None:
    """None for a torn line, or one of another version of the program."""
    try:
        return segment_of(loaded(line))
    except (TypeError, ValueError):
        return None


def segment_of(entry: Any) -> DoneSegment:
    """From what `asdict` gave, through JSON. Raises TypeError or ValueError where it is another thing."""
    found = typed(DoneSegment, entry)
    if any(Path(name).name != name or name in ("", ".", "..") for name in found.files):
        raise ValueError("a file lies outside the work folder")
    if any(len(name) > _LONGEST_NAME for name in found.files):
        raise ValueError("a file has a name that no disk can have")
    if not len(found.hashes) == len(found.provenance_hashes) == len(found.label_counts) == found.count:
        raise ValueError("it has another number of frames than it says")
    if any(len(row) != len(Origin) for row in found.label_counts):
        raise ValueError("there are other labels")
    return found


def digest_of(path: Path) -> str:
    """SHA-256 of a file, or of the names and contents of a folder's files."""
    digest = hashlib.sha256()
    for part in sorted(path.iterdir()) if path.is_dir() else [path]:
        if path.is_dir():
            digest.update(part.name.encode())
        with part.open("rb") as source:
            while block := source.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
