"""A session with a clip and a bridge that answers at once, for timeline and playback tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.document import ClipWork, Document, Marker, Media, ShotWork
from app.pictures import Bgrx, CacheState
from app.session import Session
from app.sound import SoundFeed


def session(
    frames: int = 48, rate: Fraction = Fraction(24), path: Path = Path("/films/reel.mov"), **changes: object
) -> Session:
    media = Media(path, "f" * 64, 96, 64, frames, rate)
    values: dict[str, object] = {
        "shots": (ShotWork(0, "Street"), ShotWork(frames * 2 // 5), ShotWork(frames * 4 // 5)),
        "markers": (Marker(frames // 8, "tear"),),
        **changes,
    }
    return Session(Document((ClipWork("c", media, **values),)))  # type: ignore[arg-type]


class StandInBridge(QObject):
    """Answers what it was given; thumbnails are grey ramps that come at once or, with `slow`, never."""

    picture_ready = Signal(object)
    thumbnail_ready = Signal(str, int, object)
    thumbnails_outdated = Signal()
    cache_changed = Signal(str)
    clip_info_ready = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.slow = False
        self.states: list[CacheState] = []
        self.shares: dict[int, float] = {}
        self.asked: list[int] = []
        self.wanted: list[tuple[str, int]] = []
        self.travel = (0, 0.0)

    def clip_info(self, _: str) -> None:
        return None

    def cache_states(self, _: str) -> Sequence[CacheState]:
        return self.states

    def flagged(self, _: str) -> Mapping[int, float]:
        return self.shares

    def set_travel(self, direction: int, fps: float) -> None:
        self.travel = (direction, fps)

    def thumbnail(self, clip_id: str, frame: int, height: int) -> Bgrx | None:
        self.asked.append(frame)
        self.wanted.append((clip_id, frame))
        if self.slow:
            return None
        picture = np.zeros((height, height * 3 // 2, 4), np.uint8)
        picture[:] = (frame * 5) % 200 + 40
        return picture


class StandInSink:
    """A loudspeaker that plays as much as the test says."""

    def __init__(self) -> None:
        self.feed: SoundFeed | None = None
        self.volume = 1.0
        self.heard = bytearray()

    def start(self, feed: SoundFeed) -> None:
        self.feed = feed

    def stop(self) -> None:
        self.feed = None

    def buffered(self) -> float:
        return 0.0

    def set_volume(self, volume: float) -> None:
        self.volume = volume

    def pull(self, seconds: float) -> None:
        assert self.feed is not None
        self.heard += self.feed.take(round(seconds * 48000) * 4)
