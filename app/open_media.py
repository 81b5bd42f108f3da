"""Opens media and searches it for cuts on threads of its own; the interface thread only hears the answers."""

from __future__ import annotations

import threading
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.document import ClipWork, Media
from app.master_beside import check_labels, master_beside, opened_for, with_labels
from app.polite import be_polite
from engines.cancel import CancelToken
from engines.detect.cuts import detect_shots
from engines.errors import Cancelled, MediaError, TratteggioError
from engines.media.missing import Missing
from engines.media.open import open_source


class MediaOpener(QObject):
    """Clips are opened one after another, in the order asked for; cuts are searched for politely beside that."""

    opened = Signal(object)
    """Media."""
    refused = Signal(str, object)
    """path, TratteggioError."""
    noted = Signal(str)
    """A sentence about how a clip was read."""
    cuts_found = Signal(str, object)
    """clip id, the frames that shots start at."""
    cuts_failed = Signal(str, object)
    """clip id, TratteggioError."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._openers = ThreadPoolExecutor(1, "open media")
        self._searchers = ThreadPoolExecutor(1, "find cuts", initializer=be_polite)
        self._searches: dict[str, CancelToken] = {}
        self._lock = threading.Lock()
        self._closed = False

    def open(self, path: Path, missing: Missing = "stop", deinterlace: bool = False) -> None:
        """Answers by `opened` or `refused`."""
        self._openers.submit(self._open, path, missing, deinterlace)

    def find_cuts(self, clip: ClipWork) -> None:
        """Answers by `cuts_found` or `cuts_failed`. Nothing where the clip is being searched already."""
        with self._lock:
            if clip.id in self._searches or self._closed:
                return
            token = self._searches[clip.id] = CancelToken()
        self._searchers.submit(self._search, clip, token)

    def searching(self, clip_id: str) -> bool:
        """Whether the cuts of that clip are still being searched for."""
        with self._lock:
            return clip_id in self._searches

    def keep(self, clips: Collection[str]) -> frozenset[str]:
        """End the search of every other clip; whose that was: long films that left would keep the next one waiting."""
        with self._lock:
            ended = frozenset(self._searches) - frozenset(clips)
            for clip_id in ended:
                self._searches.pop(clip_id).cancel()
        return ended

    def close(self) -> None:
        """Cancels what runs and joins the threads."""
        self._closed = True
        self.keep(())
        for pool in (self._openers, self._searchers):
            pool.shutdown(wait=True, cancel_futures=True)

    def _open(self, path: Path, missing: Missing, deinterlace: bool) -> None:
        try:
            path = opened_for(path)
            source = open_source(path, missing=missing, deinterlace=deinterlace, note=self.noted.emit)
            try:
                info = source.info
            finally:
                source.close()
            media = Media(
                info.path,
                info.fingerprint,
                info.width,
                info.height,
                info.frame_count,
                info.rate,
                missing,
                deinterlace,
                tracked=not deinterlace and self._is_tracked(info.path),
            )
        except Exception as error:  # noqa: BLE001 - whoever asked must hear of it; bugs are reported, too
            self.refused.emit(str(path), _told(error, path))
        else:
            self.opened.emit(media)

    def _is_tracked(self, path: Path) -> bool:
        """Whether it is a master with a track that can be trusted; a track that cannot is told, and left alone."""
        try:
            if master_beside(path) is None:
                return False
            source = with_labels(open_source(path), path)
            try:
                check_labels(source)
            finally:
                source.close()
        except MediaError as error:
            self.noted.emit(f"{path.name} is opened without its provenance. {error.sentence}")
            return False
        return True

    def _search(self, clip: ClipWork, token: CancelToken) -> None:
        media = clip.media
        try:
            token.check()
            source = open_source(
                media.path, missing=media.missing, deinterlace=media.deinterlace, tags=media.tags, threads=1
            )
            try:
                shots = detect_shots(source, cancel=token)
            finally:
                source.close()
        except Cancelled:
            return
        except Exception as error:  # noqa: BLE001 - as above
            self._searched(clip.id, token)
            self.cuts_failed.emit(clip.id, _told(error, media.path))
        else:
            self._searched(clip.id, token)
            self.cuts_found.emit(clip.id, shots.starts)

    def _searched(self, clip_id: str, token: CancelToken) -> None:
        with self._lock:
            # A clip that left and came back is searched anew, under the same id.
            if self._searches.get(clip_id) is token:
                del self._searches[clip_id]


def _told(error: Exception, path: Path) -> TratteggioError:
    if isinstance(error, TratteggioError):
        return error
    threading.excepthook(threading.ExceptHookArgs((type(error), error, error.__traceback__, None)))
    return MediaError(f"{path.name} could not be opened: {error}.", "A report of this was kept.")
