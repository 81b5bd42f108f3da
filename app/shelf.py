"""Everything the render bridge has in memory: pictures, frames, thumbnails, and what is known of restored frames."""

from __future__ import annotations

from app.display_cache import NearCache
from app.document import ClipWork
from app.frame_facts import ClipFacts
from app.picture_maker import POLICIES, source_content, variant
from app.pictures import Bgrx, CacheState, Picture, Readouts, Want
from engines.stages.base import Rendered
from engines.types import FrameNo

# Shares of the memory budget: pictures as shown, rendered frames, thumbnails.
_PICTURES, _RENDERED, _THUMBNAILS = 0.30, 0.30, 0.05
_READOUTS = 2000


class Shelf:
    """The caches are shared with the workers; all else is for the interface thread."""

    def __init__(self, memory: int) -> None:
        self.pictures: NearCache[Bgrx] = NearCache(int(memory * _PICTURES))
        self.rendered: NearCache[Rendered] = NearCache(int(memory * _RENDERED))
        self.thumbnails: NearCache[Bgrx] = NearCache(int(memory * _THUMBNAILS))
        self._facts: dict[str, ClipFacts] = {}
        self._readouts: dict[str, Readouts] = {}

    @property
    def nbytes(self) -> int:
        return self.pictures.nbytes + self.rendered.nbytes + self.thumbnails.nbytes

    def resize(self, memory: int) -> None:
        self.pictures.resize(int(memory * _PICTURES))
        self.rendered.resize(int(memory * _RENDERED))
        self.thumbnails.resize(int(memory * _THUMBNAILS))

    def focus(self, clip_id: str, frame: FrameNo, direction: int) -> None:
        """Where the playhead is and which way it goes: what is far from it leaves first."""
        self.pictures.focus(clip_id, frame, direction)
        self.rendered.focus(clip_id, frame, direction)
        self.thumbnails.focus(clip_id, frame, direction)

    def forget(self, clip_id: str) -> None:
        """The clip left the document."""
        self._facts.pop(clip_id, None)
        self.pictures.forget(clip_id)
        self.rendered.forget(clip_id)
        self.thumbnails.forget(clip_id)

    def facts(self, clip_id: str) -> ClipFacts:
        return self._facts.setdefault(clip_id, ClipFacts())

    def found(self, clip: ClipWork | None, want: Want) -> Picture | None:
        """The wanted picture, or the best stand-in: a coarser one, or one of an earlier document."""
        if clip is None:
            return None
        if want.kind == "source":
            pixels = self.pictures.get(source_content(clip.media, want.frame), variant(want))
            return None if pixels is None else Picture(want, pixels)
        facts = self.facts(clip.id)
        fact = facts.fact(want.frame)
        if fact is not None and fact.failure:
            return Picture(want, None, failure=fact.failure)
        flagged = None if fact is None else fact.flagged
        now = self._best(facts.content(want.frame), want, flagged, stale=False)
        return now or self._best(facts.last_content(want.frame), want, None, stale=True)

    def states(self, clip: ClipWork) -> list[CacheState]:
        return self.facts(clip.id).states(
            clip.media.frame_count, lambda content: self.pictures.holds(content) or self.rendered.holds(content)
        )

    def flagged(self, clip_id: str) -> dict[FrameNo, float]:
        return self._facts[clip_id].flagged() if clip_id in self._facts else {}

    def readouts(self, clip_id: str, frame: FrameNo) -> Readouts | None:
        content = self._facts[clip_id].content(frame) if clip_id in self._facts else None
        return None if content is None else self._readouts.get(content)

    def measured(self, content: str, readouts: Readouts) -> bool:
        """Keep it unless something finer is known; whether it was kept."""
        known = self._readouts.pop(content, None)
        better = known is None or readouts.reduction <= known.reduction
        self._readouts[content] = readouts if known is None or better else known
        while len(self._readouts) > _READOUTS:
            self._readouts.pop(next(iter(self._readouts)))
        return better

    def _best(self, content: str | None, want: Want, flagged: float | None, *, stale: bool) -> Picture | None:
        for reduction in POLICIES if content is not None else ():
            pixels = self.pictures.get(content, variant(want, reduction))
            if pixels is not None:
                return Picture(want, pixels, reduction, flagged, stale=stale)
        return None
