"""What the workers do for the pictures that views want now, and for those that they may want next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from app.document import ClipWork
from app.memory import keep_freed_pictures, return_freed_pictures
from app.pictures import Want
from app.render_crew import RenderCrew
from engines.scheduler import Job, Urgency

_AHEAD, _AROUND = 12, 3

FindClip = Callable[[str], ClipWork | None]


class WantQueue:
    """Used on the interface thread. Each call replaces what was queued before."""

    def __init__(self, crew: RenderCrew, clip: FindClip) -> None:
        self._crew, self._clip = crew, clip
        self._held = False

    def missing(self, wants: Sequence[Want], *, resting: bool) -> None:
        """Pictures that are not in memory. resting: exact ones, too.

        While something is dragged only what is quick keeps up; the exact picture follows when it is let go.
        """
        sources: list[Job] = []
        restored: list[Job] = []
        for place, want in enumerate(wants):
            clip = self._clip(want.clip_id)
            if clip is None:
                continue
            if want.kind == "source":
                sources.append(self._crew.source.picture(clip, want, Urgency.PLAYHEAD, place))
            else:
                restored += self._crew.restored.pictures(clip, want, place, exact=resting)
        self._crew.source_queue.replace("show", sources)
        self._crew.restored_queue.replace("show", restored)

    def held(self, wants: Sequence[Want]) -> None:
        """A handle is held: the worker is there for that alone; of what it already does most cannot be interrupted."""
        shown = [(self._clip(want.clip_id), want) for want in wants if want.kind != "source"]
        ends = [self._crew.restored.ends(clip, want) for clip, want in shown if clip is not None]
        self._crew.source_queue.replace("ahead", [])
        self._crew.restored_queue.replace("ahead", ends)

    def ahead(self, wants: Sequence[Want], direction: int) -> None:
        """What lies around the wants, or, where the playhead travels by itself, before it."""
        sources: list[Job] = []
        restored: list[Job] = []
        for want in wants:
            clip = self._clip(want.clip_id)
            if clip is None:
                continue
            if not direction and want.kind != "source":
                restored.append(self._crew.restored.ends(clip, want))
                restored.append(self._crew.restored.distance(clip, want))
            for order, frame in enumerate(_frames(want, direction)):
                if not 0 <= frame < clip.media.frame_count:
                    continue
                ahead = replace(want, frame=frame)
                found = self._crew.shelf.found(clip, ahead)
                if found is not None and found.exact:
                    continue
                if want.kind == "source":
                    sources.append(self._crew.source.picture(clip, ahead, Urgency.PREFETCH, order))
                else:
                    restored.append(self._crew.restored.ahead(clip, ahead, order))
        self._crew.source_queue.replace("ahead", sources)
        self._crew.restored_queue.replace("ahead", restored)

    def mind_memory(self, held: bool) -> bool:
        """While a handle is held, every picture takes the room of the one before. Whether one was let go just now."""
        if held == self._held:
            return False
        self._held = held
        if held:
            keep_freed_pictures()
            self._crew.restored_queue.replace("memory", [])
            return False
        giving_back = Job(("memory",), Urgency.CURVE, lambda _: return_freed_pictures())
        self._crew.restored_queue.replace("memory", [giving_back])
        return True


def _frames(want: Want, direction: int) -> list[int]:
    if direction:
        return [want.frame + direction * step for step in range(1, _AHEAD + 1)]
    if want.kind == "source":
        return []
    return [want.frame + step * side for step in range(1, _AROUND + 1) for side in (1, -1)]
