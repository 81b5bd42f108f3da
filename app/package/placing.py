"""Puts files into the package that is being made: copied, or linked where the originals are about to go."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from app.export.events import Emit, progress
from app.package.fixity import Fixity, Step, fixity
from app.package.gather import Part
from engines.cancel import CancelToken
from engines.errors import RenderError
from engines.media.sink import refusals

_BLOCK = 1 << 20
_SPARE_BYTES = 64 << 20
"""For what is written besides copies: metadata, report, log, manifests."""
_INTERVAL_SECONDS = 0.25


class ByteMeter:
    """Tells progress of a phase in MiB, a few times a second at the most, and looks whether to stop."""

    def __init__(self, phase: str, total: int, emit: Emit, cancel: CancelToken) -> None:
        self._phase, self._total, self._emit, self._cancel = phase, total, emit, cancel
        self._done = 0
        self._start = time.monotonic()
        self._told = 0.0

    def step(self, count: int) -> None:
        """`count` more bytes. Raises Cancelled."""
        self._cancel.check()
        self._done += count
        now = time.monotonic()
        if self._done >= self._total or now - self._told >= _INTERVAL_SECONDS:
            self._told = now
            left = (self._total - self._done) * (now - self._start) / max(self._done, 1)
            self._emit(progress(self._phase, self._done >> 20, max(self._total >> 20, 1), 0.0, max(left, 0.0)))


def check_room(folder: Path, parts: Sequence[Part], *, move: bool) -> int:
    """How many bytes the parts have. Raises RenderError where the disk has not enough for those that are copied."""
    total = sum(part.source.stat().st_size for part in parts)
    copied = sum(part.source.stat().st_size for part in parts if not _linkable(part, folder, move=move))
    free = shutil.disk_usage(folder).free
    if copied + _SPARE_BYTES > free:
        raise RenderError(
            f"{folder} has {free / 1e9:.1f} GB free, and the package needs about {copied / 1e9:.1f} GB.",
            "Free some space, or choose another folder.",
        )
    return total


def place(part: Part, payload: Path, step: Step, *, move: bool) -> Fixity:
    """Put a part under its name into `payload`, on the disk when this returns; answers its digests, computed from
    the bytes that were read. move: link it where that can be done. Raises RenderError, MediaError.
    """
    target = payload / part.name
    with refusals(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        if _linkable(part, payload, move=move):
            os.link(part.source, target)
            return fixity(target, step)
        return _copy(part.source, target, step)


def put(data: bytes, name: str, payload: Path) -> Fixity:
    """Write bytes under a name into `payload`. Raises RenderError."""
    target = payload / name
    with refusals(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as sink:
            sink.write(data)
            sink.flush()
            os.fsync(sink.fileno())
    return fixity(target)


def _linkable(part: Part, folder: Path, *, move: bool) -> bool:
    return move and not part.goes_on and part.source.stat().st_dev == folder.stat().st_dev


def _copy(source: Path, target: Path, step: Step) -> Fixity:
    short, long, size = hashlib.sha256(), hashlib.sha512(), 0
    with source.open("rb") as read, target.open("xb") as sink:
        while block := read.read(_BLOCK):
            short.update(block)
            long.update(block)
            size += len(block)
            sink.write(block)
            step(len(block))
        sink.flush()
        os.fsync(sink.fileno())
    shutil.copystat(source, target)
    return Fixity(size, short.hexdigest(), long.hexdigest())
