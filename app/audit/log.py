"""The audit log: append-only JSON lines, each chained to the one before, on the disk before work goes on."""

from __future__ import annotations

import contextlib
import getpass
import os
import platform
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from app.atomic import sync_folder
from app.audit.entry import LONGEST_LINE, START, Entry, parsed
from app.audit.plain import plain
from engines.errors import MediaError, RenderError

LARGEST_LOG = 512 * 2**20
"""Bytes; what is larger is no log of ours and is not read."""

# Windows would otherwise write its own line ends.
_BYTES = getattr(os, "O_BINARY", 0)
_RESTORE = "Restore the log from a good copy."


class AuditLog:
    """A log that is written to, from any thread. One process at a time: whoever holds the work folder's lock."""

    def __init__(self, path: Path, entries: int, head: str, latest: str) -> None:
        """For `open`. latest: time of the last entry."""
        self.path = path
        self.entries = entries
        self.head = head
        self._latest = latest
        self._who = _who()
        self._lock = threading.Lock()

    @classmethod
    def open(cls, path: Path) -> AuditLog:
        """A new log, or the one at `path`, gone on with.

        What a crash left of a last line is cut, and told in an entry `resumed`. Raises RenderError naming file and
        line where the chain is broken, MediaError where the file cannot be read or written.
        """
        if not os.path.lexists(path):
            with _refusals(path):
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
                sync_folder(path.parent)
            return cls(path, 0, START, "")
        entries, head, latest, whole = 0, START, "", 0
        with _opened(path) as source:
            size = os.fstat(source.fileno()).st_size
            for entry, length in _entries(source, path, torn=True):
                entries, head, latest, whole = entries + 1, entry.digest, entry.time, whole + length
        log = cls(path, entries, head, latest)
        if entries or size:
            if size > whole:
                with _refusals(path):
                    _cut(path, whole)
            log.add("resumed", cut_bytes=size - whole)
        return log

    def add(self, event: str, **facts: object) -> str:
        """Append an entry; returns its digest once it is on the disk.

        Facts are kept as `plain` makes them. Raises RenderError where the disk refuses (the log is as it was then) or
        the entry is too long.
        """
        held = {name: plain(fact) for name, fact in facts.items()}
        with self._lock:
            time = max(datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"), self._latest)
            entry = Entry.made(self.entries, time, self._who, event, held, self.head)
            line = entry.line()
            if len(line) > LONGEST_LINE:
                raise RenderError(f"An entry {event!r} of {len(line):,} bytes is too long for the audit log.")
            with _refusals(self.path):
                self._append(line)
            self.entries, self.head, self._latest = self.entries + 1, entry.digest, time
        return entry.digest

    def place(self, path: Path) -> AuditLog:
        """Move the file to `path`, replacing what is there, and go on there; returns itself. Raises RenderError."""
        with _refusals(path):
            self.path.replace(path)
            sync_folder(path.parent)
        self.path = path
        return self

    def _append(self, line: bytes) -> None:
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | _BYTES)
        try:
            before = os.fstat(handle).st_size
            try:
                left = memoryview(line)
                while left:
                    left = left[os.write(handle, left) :]
                os.fsync(handle)
            except OSError:
                with contextlib.suppress(OSError):  # the first error is the one to tell
                    os.ftruncate(handle, before)
                raise
        finally:
            os.close(handle)


def read_log(path: Path) -> tuple[Entry, ...]:
    """Every entry, the whole chain checked.

    Raises MediaError where the file is missing or cannot be read, RenderError naming file and line where an entry was
    edited, removed, moved, repeated or torn.
    """
    with _opened(path) as source:
        return tuple(entry for entry, _ in _entries(source, path, torn=False))


def _entries(source: BinaryIO, path: Path, *, torn: bool) -> Iterator[tuple[Entry, int]]:
    """Entries with their lengths in bytes. torn: whether a last line without its end is left out, not refused."""
    previous, latest, number = START, "", 0
    while line := source.readline(LONGEST_LINE):
        number += 1
        if not line.endswith(b"\n"):
            if len(line) == LONGEST_LINE:
                raise _broken(path, number, "is longer than any entry")
            if torn:
                return
            raise _broken(path, number, "is torn: it has no end")
        try:
            entry = parsed(line)
        except ValueError as error:
            raise _broken(path, number, str(error)) from None
        if entry.n != number - 1:
            raise _broken(path, number, f"holds entry {entry.n} where entry {number - 1} belongs")
        if entry.previous != previous:
            raise _broken(path, number, "does not follow from the line before: a line was removed, moved or replaced")
        if entry.time < latest:
            raise _broken(path, number, "is older than the line before")
        previous, latest = entry.digest, entry.time
        yield entry, len(line)


def _broken(path: Path, line: int, clause: str) -> RenderError:
    return RenderError(f"The audit log {path.name} is broken: line {line} {clause}.", _RESTORE)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        if path.is_symlink() or not path.is_file():
            raise MediaError(f"The audit log {path.name} is missing, or is no plain file.", _RESTORE)
        with path.open("rb") as source:
            if os.fstat(source.fileno()).st_size > LARGEST_LOG:
                raise MediaError(f"The audit log {path.name} is larger than any log of a render.", _RESTORE)
            yield source
    except OSError as error:
        raise MediaError(f"The audit log {path.name} cannot be read ({error.strerror or error}).", _RESTORE) from error


@contextlib.contextmanager
def _refusals(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RenderError(
            f"The audit log {path.name} cannot be written ({error.strerror or error}).",
            "Nothing is rendered without its log: check the disk's space and permissions.",
        ) from error


def _cut(path: Path, size: int) -> None:
    with path.open("r+b") as sink:
        sink.truncate(size)
        sink.flush()
        os.fsync(sink.fileno())


def _who() -> str:
    try:
        login = getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in containers
        login = str(os.getuid()) if hasattr(os, "getuid") else "unknown"
    return f"{login}@{platform.node() or 'unknown'}"
