"""Timelines of editing programs, read and written on a thread; the document is changed by whoever hears the answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.document import Document
from engines.errors import MediaError, TratteggioError

if TYPE_CHECKING:
    from app.interchange.importing import Prepared


@dataclass(frozen=True)
class ReadTimeline:
    """A timeline that was read, with its media found. notes: what to tell of it."""

    path: Path
    prepared: Prepared
    notes: tuple[str, ...]


class TimelineDesk(QObject):
    """Answers by signal, in the order asked."""

    read = Signal(object)
    """ReadTimeline."""
    written = Signal(object, int)
    """Path, how many shots."""
    refused = Signal(object)
    """TratteggioError."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = ThreadPoolExecutor(1, "timelines")
        self._closed = False

    def ask(self, path: Path, document: Document, named: Sequence[Path] = ()) -> None:
        """Read a timeline for `document`; named: media that it may speak of."""
        self._thread.submit(self._guarded, partial(self._read, path, document, tuple(named)), path)

    def write(self, document: Document, path: Path) -> None:
        """The shots of all clips between their in and out points; an older file is replaced."""
        self._thread.submit(self._guarded, partial(self._write, path, document), path)

    def close(self) -> None:
        """Nothing comes afterwards."""
        self._closed = True
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _guarded(self, work: Callable[[], None], path: Path) -> None:
        try:
            work()
        except TratteggioError as error:
            self._refuse(error)
        except Exception as error:  # noqa: BLE001 - whoever asked must hear of it; bugs are reported, too
            threading.excepthook(threading.ExceptHookArgs((type(error), error, error.__traceback__, None)))
            self._refuse(MediaError(f"{path.name} could not be read or written: {error}."))

    def _refuse(self, error: TratteggioError) -> None:
        if not self._closed:
            self.refused.emit(error)

    def _read(self, path: Path, document: Document, named: tuple[Path, ...]) -> None:
        # What reads timelines takes long to load: the window must not wait for it at its start.
        from app.interchange.importing import prepare

        notes: list[str] = []
        prepared = prepare(path, document, named, note=notes.append)
        if not self._closed:
            self.read.emit(ReadTimeline(path, prepared, tuple(dict.fromkeys((*prepared.cutting.left_out, *notes)))))

    def _write(self, path: Path, document: Document) -> None:
        from app.interchange.exporting import check_suffix, write_timeline
        from app.interchange.strip import start_timecodes, strips_of

        check_suffix(path)
        strips = strips_of(document, start_timecodes(document, lambda _: None))
        write_timeline(strips, path)
        if not self._closed:
            self.written.emit(path, sum(len(strip.shots) for strip in strips))
