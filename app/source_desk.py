"""The sources that one thread has open, each asked between packets whether the frame is still wanted."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from app.document import Media
from engines.cancel import CancelToken
from engines.media.container import ContainerSource
from engines.media.open import open_source
from engines.media.source import Source
from engines.types import FrameNo

_OPEN = 2

MediaKey = tuple[Path, str, str, bool]


def media_key(media: Media) -> MediaKey:
    """What decides the source pictures of a clip."""
    return media.path, media.fingerprint, media.missing, media.deinterlace


class SourceDesk:
    """Used from one thread only. `token` is that of the job in hand."""

    def __init__(
        self, cache_bytes: int, note: Callable[[str], None] = lambda _: None, *, threads: int = 0, most: int = _OPEN
    ) -> None:
        self.token = CancelToken()
        self._cache_bytes = cache_bytes
        self._note = note
        self._threads = threads
        self._most = most
        self._open: OrderedDict[MediaKey, Source] = OrderedDict()

    def source(self, media: Media) -> Source:
        """The clip's source, opened where it was not. Raises MediaError."""
        key = media_key(media)
        held = self._open.get(key)
        if held is None:
            held = open_source(
                media.path,
                missing=media.missing,
                deinterlace=media.deinterlace,
                threads=self._threads,
                note=self._note,
                between=lambda: self.token.check(),
                cache_bytes=self._cache_bytes // self._most,
            )
            self._open[key] = held
        self._open.move_to_end(key)
        while len(self._open) > self._most:
            self._open.popitem(last=False)[1].close()
        return held

    def keyframe(self, media: Media, number: FrameNo) -> FrameNo:
        """A frame near `number` that is quick to read; `number` itself where there is none quicker."""
        source = self.source(media)
        return source.keyframe(number) if isinstance(source, ContainerSource) else number

    def at_hand(self, media: Media, number: FrameNo) -> bool:
        """Whether frame `number` is decoded already or comes next."""
        source = self.source(media)
        return not isinstance(source, ContainerSource) or source.at_hand(number)

    def keep(self, wanted: set[MediaKey]) -> None:
        """Close every source that no clip uses any more."""
        for key in [key for key in self._open if key not in wanted]:
            self._open.pop(key).close()

    @property
    def nbytes(self) -> int:
        return sum(source.nbytes for source in self._open.values() if isinstance(source, ContainerSource))

    def close(self) -> None:
        self.keep(set())
