"""Sound decoded ahead of the loudspeaker on a thread of its own, taken from a ring by whoever plays it."""

from __future__ import annotations

import threading
from collections import deque
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from engines.errors import TratteggioError
from engines.media.audio import SoundReader

RATE = 48000
BYTES_PER_SECOND = RATE * 4
"""Two channels of 16 bits."""
_BLOCK = RATE // 20
_AHEAD_BLOCKS = 10


class SoundFeed(QObject):
    """One clip's sound. `start` winds to a time; `take` never waits and never decodes. `close` joins the thread."""

    known = Signal(object, str)
    """The path, and why it has no sound: "" where it has some."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wake = threading.Condition()
        self._path: Path | None = None
        self._ring: deque[bytes] = deque()
        self._next = 0
        """First sample that the thread decodes next."""
        self._taken = 0
        self._wound = 0
        """Counts starts: a block decoded for an earlier one is dropped."""
        self._running = self._closed = False
        self._thread = threading.Thread(target=self._work, name="sound", daemon=True)
        self._thread.start()

    def load(self, path: Path | None) -> None:
        """From now on the sound of this file; `known` tells whether it has any."""
        with self._wake:
            self._path, self._running = path, False
            self._rewind(0)

    def start(self, seconds: float) -> None:
        with self._wake:
            self._running = True
            self._rewind(round(seconds * RATE))

    def stop(self) -> None:
        with self._wake:
            self._running = False
            self._rewind(self._next)

    def take(self, count: int) -> bytes:
        """`count` bytes to be played next: silence where the decoder is late, and then `position` stays."""
        with self._wake:
            parts, missing = [], count
            while missing > 0 and self._ring:
                block = self._ring.popleft()
                if len(block) > missing:
                    self._ring.appendleft(block[missing:])
                parts.append(block[:missing])
                missing -= len(parts[-1])
            self._taken += (count - missing) // 4
            self._wake.notify_all()
        return b"".join(parts) + bytes(missing)

    @property
    def position(self) -> float:
        """Time in the file, in seconds, of what is taken next."""
        return self._taken / RATE

    def close(self) -> None:
        with self._wake:
            self._closed = True
            self._wake.notify_all()
        self._thread.join()

    def _rewind(self, sample: int) -> None:
        self._ring.clear()
        self._next = self._taken = max(sample, 0)
        self._wound += 1
        self._wake.notify_all()

    def _work(self) -> None:
        path: Path | None = None
        reader: SoundReader | None = None
        while not self._closed:
            if path != self._path:
                path = self._path
                reader = self._open(reader, path)
            task = self._await_task(path, reader is not None)
            if task is not None and reader is not None:
                reader = self._decode(reader, path, *task)
        if reader is not None:
            reader.close()

    def _await_task(self, path: Path | None, readable: bool) -> tuple[int, int] | None:
        """Wait for something to do; what to decode and for which start, None where it is something else."""
        with self._wake:
            while not self._closed and path == self._path:
                if readable and self._running and len(self._ring) < _AHEAD_BLOCKS:
                    return self._next, self._wound
                self._wake.wait()
        return None

    def _open(self, old: SoundReader | None, path: Path | None) -> SoundReader | None:
        if old is not None:
            old.close()
        if path is None:
            return None
        try:
            reader = SoundReader(path, RATE)
        except (TratteggioError, OSError) as error:
            self.known.emit(path, error.sentence if isinstance(error, TratteggioError) else str(error))
            return None
        self.known.emit(path, "")
        return reader

    def _decode(self, reader: SoundReader, path: Path | None, start: int, wound: int) -> SoundReader | None:
        try:
            samples = reader.read(start, _BLOCK)
        except TratteggioError as error:
            reader.close()
            self.known.emit(path, error.sentence)
            return None
        block = np.rint(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
        with self._wake:
            if wound == self._wound:
                self._ring.append(block)
                self._next = start + _BLOCK
        return reader
