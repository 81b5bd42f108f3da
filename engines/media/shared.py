"""A source that several threads read: one at a time, for a decoder has one place in the film."""

from __future__ import annotations

import threading

from engines.media.source import ClipInfo, Descent, Source
from engines.types import Frame, FrameNo


class SharedSource:
    """Implements `Source` over another; whoever made that one closes it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._lock = threading.Lock()

    @property
    def info(self) -> ClipInfo:
        return self._source.info

    def read(self, number: FrameNo) -> Frame:
        """Raises FrameError, IndexError."""
        with self._lock:
            return self._source.read(number)

    def descent(self, number: FrameNo) -> Descent:
        """What `read(number)` gave."""
        with self._lock:
            return self._source.descent(number)

    def close(self) -> None:
        """Of the source below."""
        self._source.close()
