"""Looks on a thread for media that was moved, and says whether a file is the one that is missed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal

from app.document import Media
from app.errands import Errands
from app.master_beside import master_beside
from app.relink import check_same, find_moved, is_there
from engines.errors import Cancelled, MediaError, TratteggioError
from engines.media.open import open_source


class Relinker(Errands):
    """Answers come per clip; a search ends with `searched`."""

    found = Signal(str, object)
    """clip id, Media at its new place."""
    refused = Signal(str, object, object)
    """clip id, path, TratteggioError."""
    searched = Signal(int, int)
    """How many of how many were found."""

    looked = Signal(object)
    """Ids of the clips asked about whose media is not where it was."""

    def __init__(self) -> None:
        super().__init__("relink")
        self._stopping = threading.Event()

    def look(self, asked: Mapping[str, Media]) -> None:
        """Which of them are missed at all."""
        self._submit(self._look, dict(asked))

    def check(self, clip_id: str, media: Media, path: Path) -> None:
        """Whether `path` holds the same pictures."""
        self._submit(self._run, clip_id, path, lambda: _same(media, path))

    def force(self, clip_id: str, media: Media, path: Path) -> None:
        """Take `path` whatever it holds, opened as the old one was."""
        self._submit(self._run, clip_id, path, lambda: _opened(media, path))

    def search(self, missing: Mapping[str, Media], folder: Path) -> None:
        """Look for all of them under `folder`, by content."""
        self._stopping.clear()
        self._submit(self._search, dict(missing), folder)

    def stop(self) -> None:
        """End a search; what was found stays found."""
        self._stopping.set()

    def retire(self) -> None:
        self.stop()
        super().retire()

    def _look(self, asked: Mapping[str, Media]) -> None:
        self.looked.emit([clip_id for clip_id, media in asked.items() if not is_there(media)])

    def _run(self, clip_id: str, path: Path, work: Callable[[], Media]) -> None:
        try:
            media = work()
        except TratteggioError as error:
            self.refused.emit(clip_id, path, error)
        except OSError as error:
            unread = MediaError(f"{path.name} cannot be read: {error.strerror or error}.", "Check the disk.")
            self.refused.emit(clip_id, path, unread)
        except Exception as error:
            self.refused.emit(clip_id, path, MediaError("The file could not be compared.", repr(error)))
            raise
        else:
            self.found.emit(clip_id, media)

    def _search(self, missing: Mapping[str, Media], folder: Path) -> None:
        count = 0
        for clip_id, media in missing.items():
            try:
                path = find_moved(media, folder, self._stopping.is_set)
            except Cancelled:
                break
            except OSError as error:
                unread = MediaError(
                    f"{folder} cannot be searched: {error.strerror or error}.", "Choose another folder."
                )
                self.refused.emit(clip_id, folder, unread)
                break
            if path is not None:
                count += 1
                self.found.emit(clip_id, replace(media, path=path))
        self.searched.emit(count, len(missing))


def _same(media: Media, path: Path) -> Media:
    check_same(media, path)
    return replace(media, path=path, tracked=media.tracked and master_beside(path) is not None)


def _opened(media: Media, path: Path) -> Media:
    with closing(open_source(path, missing=media.missing, deinterlace=media.deinterlace, tags=media.tags)) as source:
        info = source.info
        return replace(
            media,
            path=path,
            fingerprint=info.fingerprint,
            width=info.width,
            height=info.height,
            frame_count=info.frame_count,
            rate=info.rate,
            tracked=media.tracked and master_beside(path) is not None,
        )
