"""Where measurements are kept: in memory and, where a folder is given, on disk by content."""

from __future__ import annotations

import hashlib
import os
import threading
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.analysis.shot_analysis import Arrays, Progress, ShotAnalysis, run_analyses
from engines.cache import ByteCache
from engines.cancel import CancelToken
from engines.detect.shots import Shot
from engines.errors import MediaError
from engines.media.source import Source

_MEMORY = 128 * 2**20
_DISK = 4 * 2**30
# How often a thread that waits for another's measurement looks whether it is still wanted, seconds.
_LOOK = 0.05


@dataclass(frozen=True, eq=False)
class _Held:
    arrays: Arrays

    @property
    def nbytes(self) -> int:
        return 256 + sum(array.nbytes for array in self.arrays.values())


class AnalysisStore:
    """Thread-safe. Each measurement is made once, however many ask at the same time; a damaged file is made again."""

    def __init__(self, folder: Path | None = None) -> None:
        """folder: need not exist yet; None keeps everything in memory only."""
        self._folder = folder
        self._memory: ByteCache[str, _Held] = ByteCache(_MEMORY)
        self._busy: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: str) -> Arrays | None:
        """What is kept under `key`; None where nothing is."""
        held = self._memory.get(key)
        if held is None and self._folder is not None:
            arrays = _read(_place(self._folder, key))
            if arrays is not None:
                held = _Held(arrays)
                self._memory.put(key, held)
        return None if held is None else held.arrays

    def once(self, key: str, make: Callable[[], Arrays], cancel: CancelToken) -> Arrays:
        """The arrays under `key`, made now if there are none. Raises Cancelled, and what `make` raises."""
        found = self.get(key)
        if found is not None:
            return found
        with self._lock:
            lock = self._busy.setdefault(key, threading.Lock())
        while not lock.acquire(timeout=_LOOK):
            cancel.check()
        try:
            found = self.get(key)
            if found is None:
                found = make()
                self._put(key, found)
            return found
        finally:
            lock.release()
            with self._lock:
                self._busy.pop(key, None)

    def shot(
        self,
        wanted: ShotAnalysis,
        source: Source,
        shot: Shot,
        cancel: CancelToken,
        together: Sequence[ShotAnalysis] = (),
        progress: Progress = lambda _done, _all: None,
    ) -> Arrays:
        """What `wanted` measures on a shot of `source`, run now if that was never done.

        together: others that will be asked for soon; what of them is missing is measured in the same pass.
        Raises Cancelled, FrameError.
        """

        def make() -> Arrays:
            also = [one for one in together if one != wanted and self.held(one, source, shot) is None]
            answers = run_analyses([wanted, *also], source, shot, cancel, progress)
            for one, arrays in zip(also, answers[1:], strict=True):
                self._put(shot_key(one, source, shot), arrays)
            return answers[0]

        return self.once(shot_key(wanted, source, shot), make, cancel)

    def held(self, analysis: ShotAnalysis, source: Source, shot: Shot) -> Arrays | None:
        """What was measured before; None where that was not done."""
        return self.get(shot_key(analysis, source, shot))

    def trim(self, most: int = _DISK) -> None:
        """Delete what was not used for longest until at most `most` bytes lie on disk."""
        if self._folder is None or not self._folder.is_dir():
            return
        files = sorted(((p.stat().st_mtime, p.stat().st_size, p) for p in self._folder.glob("*/*.npz")), reverse=True)
        total = 0
        for _, size, path in files:
            total += size
            if total > most:
                path.unlink(missing_ok=True)

    def _put(self, key: str, arrays: Arrays) -> None:
        self._memory.put(key, _Held(arrays))
        if self._folder is not None:
            _write(_place(self._folder, key), arrays)


def shot_key(analysis: ShotAnalysis, source: Source, shot: Shot) -> str:
    """Content key of what `analysis` measures on a shot of `source`."""
    info = source.info
    how = f"{info.frame_count} {info.rate} {info.field_order} {info.missing} {info.colour}"
    text = f"{analysis.name} {analysis.version} {analysis.key()} {info.fingerprint} {how} {shot}"
    return hashlib.sha256(text.encode()).hexdigest()


def _place(folder: Path, key: str) -> Path:
    return folder / key[:2] / f"{key}.npz"


def _read(path: Path) -> Arrays | None:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            arrays = {name: held[name] for name in held.files}
        os.utime(path)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        # Absent, or spoiled by a crash or a full disk: measured again, which costs time but no work.
        return None
    return arrays


def _write(path: Path, arrays: Arrays) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise MediaError(
            f"The analysis cannot be kept in {path.parent}: {error.strerror}.", "Make room there or free the folder."
        ) from error
