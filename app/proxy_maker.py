"""Walks through clips that are slow to decode at random, and keeps a small picture of every frame for scrubbing."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable

from app.data_folder import data_folder
from app.document import ClipWork, Media
from app.source_desk import MediaKey, SourceDesk, media_key
from engines import viewing
from engines.cancel import CancelToken
from engines.errors import FrameError
from engines.media.proxies import Bgr, ProxyFile, proxy_size, prune
from engines.scheduler import Job, Urgency
from engines.types import FrameNo
from engines.viewing import Window

_BUDGET = 4 * 2**30


class ProxyMaker:
    """`job` runs on a thread of its own; `picture` may be asked from any."""

    def __init__(self, desk: SourceDesk) -> None:
        self._desk = desk
        self._files: dict[MediaKey, ProxyFile] = {}
        self._lock = threading.Lock()

    def picture(self, media: Media, frame: FrameNo) -> Bgr | None:
        """None where it was not made (yet)."""
        with self._lock:
            file = self._files.get(media_key(media))
        return None if file is None else file.get(frame)

    def job(self, clip: ClipWork, order: float, made: Callable[[], None]) -> Job:
        """All small pictures of a clip that are still missing; none where every frame is quick to decode.

        made: called now and then while they come.
        """

        def run(token: CancelToken) -> None:
            self._desk.token = token
            file = self._opened(clip.media)
            if file is None:
                return
            for number in range(clip.media.frame_count):
                token.check()
                if number not in file:
                    self._make(clip.media, number, file)
            made()

        return Job(("proxies", clip.id, media_key(clip.media)), Urgency.PREFETCH, run, order)

    def keep(self, used: set[MediaKey]) -> None:
        """Close the files of clips that left. Called on the maker's thread, or after it ended."""
        self._desk.keep(used)
        with self._lock:
            for key in [key for key in self._files if key not in used]:
                self._files.pop(key).close()

    def close(self) -> None:
        self.keep(set())

    def _opened(self, media: Media) -> ProxyFile | None:
        key = media_key(media)
        with self._lock:
            if key in self._files:
                return self._files[key]
        last = media.frame_count - 1
        if all(self._desk.keyframe(media, n) == n for n in {last, last // 2, last // 3}):
            return None
        content = (media.fingerprint, media.missing, media.deinterlace, media.tags)
        name = hashlib.sha256(repr(content).encode()).hexdigest()[:32]
        path = data_folder() / "proxies" / f"{name}.proxies"
        file = ProxyFile(path)
        prune(path.parent, _BUDGET, path)
        with self._lock:
            self._files[key] = file
        return file

    def _make(self, media: Media, number: FrameNo, file: ProxyFile) -> None:
        try:
            frame = self._desk.source(media).read(number)
        except FrameError:
            return  # whoever looks at that frame is told why there is none
        window = Window(0, 0, frame.width, frame.height, *proxy_size(frame.width, frame.height))
        file.put(number, viewing.coded(frame, window)[..., :3])
