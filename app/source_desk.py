"""The sources that one thread has open, each asked between packets whether the frame is still wanted."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from app.document import Media
from app.master_beside import with_labels
from engines.cache import ByteCache
from engines.cancel import CancelToken
from engines.colour.chosen import ChosenTags
from engines.media.container import ContainerSource
from engines.media.open import open_source
from engines.media.source import ClipInfo, Descent, Source
from engines.media.tracked import Tracked
from engines.types import Frame, FrameNo

_OPEN = 2

MediaKey = tuple[Path, str, str, bool, ChosenTags, bool]


def media_key(media: Media) -> MediaKey:
    """What decides the source pictures of a clip."""
    return media.path, media.fingerprint, media.missing, media.deinterlace, media.tags, media.tracked


class _Kept:
    """A `Source` that keeps the frames it was asked for, not those decoded on the way: they are asked for again."""

    def __init__(self, inner: Source, budget: int) -> None:
        self._source = inner
        self.inner = inner.inner if isinstance(inner, Tracked) else inner
        """What decodes the pictures."""
        self.frames: ByteCache[FrameNo, Frame] = ByteCache(budget)

    @property
    def info(self) -> ClipInfo:
        return self._source.info

    def read(self, number: FrameNo) -> Frame:
        """Raises FrameError, IndexError, and what is raised between packets."""
        held = self.frames.get(number)
        if held is None:
            held = self._source.read(number)
            self.frames.put(number, held)
        return held

    def descent(self, number: FrameNo) -> Descent:
        return self._source.descent(number)

    def close(self) -> None:
        self.frames.clear()
        self._source.close()


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
        self._open: OrderedDict[MediaKey, _Kept] = OrderedDict()

    def source(self, media: Media) -> Source:
        """The clip's source, opened where it was not. Raises MediaError."""
        key = media_key(media)
        held = self._open.get(key)
        if held is None:
            each = self._cache_bytes // self._most
            inner = open_source(
                media.path,
                missing=media.missing,
                deinterlace=media.deinterlace,
                tags=media.tags,
                threads=self._threads,
                note=self._note,
                between=lambda: self.token.check(),
                cache_bytes=each // 2,
            )
            if media.tracked:
                inner = with_labels(inner, media.path)
            held = _Kept(inner, each // 2)
            self._open[key] = held
        self._open.move_to_end(key)
        while len(self._open) > self._most:
            self._open.popitem(last=False)[1].close()
        return held

    def keyframe(self, media: Media, number: FrameNo) -> FrameNo:
        """A frame near `number` that is quick to read; `number` itself where there is none quicker."""
        container = self._container(media)
        return number if container is None else container.keyframe(number)

    def at_hand(self, media: Media, number: FrameNo) -> bool:
        """Whether frame `number` is decoded already or comes next."""
        container = self._container(media)
        held = self._open[media_key(media)].frames.get(number) is not None
        return container is None or held or container.at_hand(number)

    def keep(self, wanted: set[MediaKey]) -> None:
        """Close every source that no clip uses any more."""
        for key in [key for key in self._open if key not in wanted]:
            self._open.pop(key).close()

    def resize(self, cache_bytes: int) -> None:
        """Another budget, for sources opened from now on. From any thread."""
        self._cache_bytes = cache_bytes

    @property
    def nbytes(self) -> int:
        held = tuple(self._open.values())
        decoded = sum(kept.inner.nbytes for kept in held if isinstance(kept.inner, ContainerSource))
        return decoded + sum(kept.frames.nbytes for kept in held)

    def close(self) -> None:
        self.keep(set())

    def _container(self, media: Media) -> ContainerSource | None:
        self.source(media)
        inner = self._open[media_key(media)].inner
        return inner if isinstance(inner, ContainerSource) else None
