"""What is known of a clip's restored frames under the document in work, and under the one before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from app.pictures import CacheState
from engines.types import FrameNo

# So many contents are remembered beside those in use: what undo may come back to.
_KEPT = 2000


@dataclass(frozen=True)
class Fact:
    """reduction: of the best picture made so far. flagged: share of its pixels, None where only a part was made."""

    reduction: int
    flagged: float | None = None
    failure: str = ""


class ClipFacts:
    """Facts belong to content keys; which content a frame has under the current document is told by a worker."""

    def __init__(self) -> None:
        self._contents: dict[FrameNo, str] = {}
        self._previous: dict[FrameNo, str] = {}
        self._facts: dict[str, Fact] = {}

    def outdate(self) -> None:
        """The document changed: until a worker says which frames that touched, none is known."""
        self._previous.update(self._contents)
        self._contents.clear()
        if len(self._facts) > _KEPT:
            used = set(self._previous.values())
            recent = set(list(self._facts)[-_KEPT // 2 :])
            self._facts = {key: self._facts[key] for key in self._facts if key in used or key in recent}

    def rekey(self, contents: Mapping[FrameNo, str]) -> None:
        self._contents.update(contents)

    def known_frames(self) -> tuple[FrameNo, ...]:
        """Frames that were ever rendered, now or under earlier documents."""
        return tuple(self._previous | self._contents)

    def content(self, frame: FrameNo) -> str | None:
        return self._contents.get(frame)

    def last_content(self, frame: FrameNo) -> str | None:
        """What the frame was before the document changed."""
        return self._previous.get(frame)

    def fact(self, frame: FrameNo) -> Fact | None:
        content = self._contents.get(frame)
        return None if content is None else self._facts.get(content)

    def learn(self, frame: FrameNo, content: str, fact: Fact, *, current: bool) -> None:
        """A frame of that content was made. current: that is the frame's content in the document in work."""
        # What failed may have failed before it had a content key.
        content = content or f"failed {frame}"
        known = self._facts.get(content)
        if known is not None and not fact.failure:
            flagged = known.flagged if fact.flagged is None else fact.flagged
            fact = replace(fact, flagged=flagged, reduction=min(fact.reduction, known.reduction))
        self._facts[content] = fact
        (self._contents if current else self._previous)[frame] = content

    def flagged(self) -> dict[FrameNo, float]:
        found = ((frame, self._facts.get(content)) for frame, content in self._contents.items())
        return {frame: fact.flagged for frame, fact in found if fact is not None and fact.flagged is not None}

    def states(self, count: int, held: Callable[[str], bool]) -> list[CacheState]:
        """held: whether anything of that content is still in memory."""
        states: list[CacheState] = [""] * count
        for frame, content in self._contents.items():
            fact = self._facts.get(content)
            if fact is None or frame >= count:
                continue
            if fact.failure:
                states[frame] = "failed"
            elif held(content):
                states[frame] = "ready" if fact.reduction == 1 else "approximate"
        return states
