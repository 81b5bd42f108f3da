"""Looks for moved media on a thread, so that the window goes on while disks are searched."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.document import Media
from app.relink import check_same, find_moved
from engines.errors import Cancelled, MediaError, TratteggioError


class MediaFinder(QObject):
    """Answers come in the order asked; after `cancel` those still to come are not given."""

    found = Signal(str, object)
    """clip_id, Path: the same content lies there."""
    refused = Signal(str, object)
    """clip_id, TratteggioError: not found, or of another content."""
    _came = Signal(int, str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, "media finder")
        self._stop = threading.Event()
        self._round = 0
        self._came.connect(self._arrive, Qt.ConnectionType.QueuedConnection)

    def search(self, clip_id: str, media: Media, folder: Path) -> None:
        """Somewhere under `folder`."""
        stop = self._stop
        self._submit(clip_id, lambda: _searched(media, folder, stop.is_set))

    def check(self, clip_id: str, media: Media, path: Path) -> None:
        """Whether exactly `path` holds the same content."""

        def checked() -> Path:
            check_same(media, path)
            return path

        self._submit(clip_id, checked)

    def cancel(self) -> None:
        self._round += 1
        self._stop.set()
        self._stop = threading.Event()

    def close(self) -> None:
        """Waits for the thread."""
        self.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _submit(self, clip_id: str, work: Callable[[], Path]) -> None:
        self._pool.submit(self._run, self._round, clip_id, work)

    def _run(self, asked: int, clip_id: str, work: Callable[[], Path]) -> None:
        try:
            self._came.emit(asked, clip_id, work())
        except Cancelled:
            return
        except TratteggioError as error:
            self._came.emit(asked, clip_id, error)
        except OSError as error:
            sentence = f"The folder cannot be searched: {error.strerror or error}."
            self._came.emit(asked, clip_id, MediaError(sentence, "Choose another."))

    @Slot(int, str, object)
    def _arrive(self, asked: int, clip_id: str, answer: Path | TratteggioError) -> None:
        if asked != self._round:
            return
        if isinstance(answer, Path):
            self.found.emit(clip_id, answer)
        else:
            self.refused.emit(clip_id, answer)


def _searched(media: Media, folder: Path, cancelled: Callable[[], bool]) -> Path:
    path = find_moved(media, folder, cancelled)
    if path is None:
        sentence = f"{media.path.name} is not under {folder}, under any name."
        raise MediaError(sentence, "Choose another folder, or the file itself.")
    return path
