"""Keeps frame tables in the user's cache, so that a clip's packets are listed once."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
import zipfile
from pathlib import Path

import numpy as np
import platformdirs

from engines.media.demux import Packets
from engines.media.index import FrameIndex

# Raised whenever the same file would give another table.
_VERSION = 2
_KEPT = 256
# NumPy parses each array's header with `ast`, whose count of its depth breaks between threads (Python 3.11, gh-106905).
_ONE_READS = threading.Lock()
_COLUMNS = ("pts", "dts", "pos", "size", "key", "discard", "disposable")


def load(path: Path, fingerprint: str) -> FrameIndex | None:
    """The stored table of exactly this file; None where there is none, or none that can be read."""
    try:
        with _ONE_READS, _place(fingerprint).open("rb") as file, np.load(file, allow_pickle=False) as stored:
            if not np.array_equal(stored["identity"], _identity(path)):
                return None
            packets = Packets(**{name: stored[name] for name in _COLUMNS}, broken_off=str(stored["broken_off"]))
            shown = (stored["serials"], stored["shown_pts"], stored["keys"])
            return FrameIndex(packets, *shown, exhaustive=bool(stored["exhaustive"]))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def save(path: Path, fingerprint: str, index: FrameIndex) -> None:
    """Store the table; a cache that cannot be written is left alone, for it only saves time."""
    place = _place(fingerprint)
    columns = {name: getattr(index.packets, name) for name in _COLUMNS}
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=place.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez_compressed(
                    file,
                    identity=_identity(path),
                    broken_off=np.array(index.packets.broken_off),
                    serials=index.serials,
                    shown_pts=index.pts,
                    keys=index.keys,
                    exhaustive=np.array(index.exhaustive),
                    **columns,
                )
            Path(beside).replace(place)
        except OSError:
            Path(beside).unlink(missing_ok=True)
            raise
        _forget_oldest(place.parent)


def _place(fingerprint: str) -> Path:
    return Path(platformdirs.user_cache_dir("tratteggio")) / "index" / f"{fingerprint}.npz"


def _identity(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    # The fingerprint samples large files; a table must belong to every byte.
    status = path.stat()
    return np.array([_VERSION, status.st_size, status.st_mtime_ns], dtype=np.int64)


def _forget_oldest(folder: Path) -> None:
    stored = sorted(folder.glob("*.npz"), key=lambda file: file.stat().st_mtime)
    for file in stored[:-_KEPT]:
        file.unlink(missing_ok=True)
