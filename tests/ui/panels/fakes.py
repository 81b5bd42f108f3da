"""A bridge that answers from memory, and a document worth looking at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.commands import set_enabled, set_masks
from app.document import ClipWork, Document, Media, ShotWork, StageUse
from app.mask_plane import MaskPlane
from app.pictures import Bgrx, CacheState, Readouts
from app.session import Session
from engines.media.source import ClipInfo
from engines.stages.computed import Computed
from engines.types import ColourSpec, PixelFormat

STAGES = (StageUse("inpaint"), StageUse("detail", enabled=False))


INFO = ClipInfo(
    path=Path("/nowhere/reel.mkv"),
    kind="container",
    container="matroska",
    codec="ffv1",
    width=720,
    height=576,
    format=PixelFormat("yuv", 10, 2, 1),
    native_format="yuv422p10le",
    colour=ColourSpec("tv", "smpte170m", "unknown", "bt709", "left"),
    sar=Fraction(1),
    rate=Fraction(24),
    time_base=Fraction(1, 24),
    pts=tuple(range(100)),
)
"""An SD reel whose primaries nobody wrote down."""


class FakeBridge(QObject):
    """The signals of the render bridge, and answers that a test sets."""

    picture_ready = Signal(object)
    probe_ready = Signal(object)
    thumbnail_ready = Signal(str, int, object)
    thumbnails_outdated = Signal()
    cache_changed = Signal(str)
    curve_ready = Signal(str, int, object)
    scope_ready = Signal(object)
    clip_info_ready = Signal(str)
    readouts_changed = Signal()
    computed_known = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.shares: dict[int, float] = {}
        self.states: Sequence[CacheState] = ()
        self.thumbs: dict[tuple[str, int], Bgrx] = {}
        self.said: Readouts | None = None
        self.by: dict[str, Computed] = {}
        self.info: ClipInfo | None = INFO
        self.asked: list[tuple[Any, ...]] = []

    def thumbnail(self, clip_id: str, frame: int, height: int) -> Bgrx | None:
        self.asked.append(("thumbnail", clip_id, frame, height))
        return self.thumbs.get((clip_id, frame))

    def cache_states(self, clip_id: str) -> Sequence[CacheState]:
        return self.states

    def flagged(self, clip_id: str) -> Mapping[int, float]:
        return self.shares

    def ask_curve(self, clip_id: str, shot_index: int) -> None:
        self.asked.append(("curve", clip_id, shot_index))

    def ask_scope(self, clip_id: str, frame: int) -> None:
        self.asked.append(("scope", clip_id, frame))

    def clip_info(self, clip_id: str) -> ClipInfo | None:
        return self.info

    def readouts(self, clip_id: str, frame: int) -> Readouts | None:
        return self.said

    def computed(self, clip_id: str, shot_index: int) -> Mapping[str, Computed]:
        return self.by

    def count(self, kind: str) -> int:
        return sum(asked[0] == kind for asked in self.asked)


def bridge() -> Any:
    """A fake where the widgets' types ask for the real one."""
    return cast("Any", FakeBridge())


def media(name: str = "london_street.mp4", frames: int = 49) -> Media:
    return Media(Path(f"/films/{name}"), "f" * 64, 64, 48, frames, Fraction(16))


def clip(clip_id: str = "c1", name: str = "london_street.mp4") -> ClipWork:
    """49 frames, three shots, inpaint on, detail off."""
    shots = tuple(ShotWork(start, stages=STAGES) for start in (0, 20, 38))
    return ClipWork(clip_id, media(name), shots, cuts_known=True)


def painted(document: Document, *frames: int) -> Document:
    """Masks on frames of the clip c1."""
    coverage = np.zeros((48, 64), np.uint8)
    coverage[8:24, 8:24] = 255
    return set_masks(document, "c1", "damage", dict.fromkeys(frames, MaskPlane.of(coverage)))


def session(*, detail: bool = False) -> Session:
    document = Document((clip(), clip("c2", "winter_scenes_in_holland.mp4")))
    if detail:
        document = set_enabled(document, "c1", 0, "detail", True)
    return Session(document)


def one_shot(document: Document) -> Document:
    """The clip c1 without its cuts."""
    held = document.clip("c1")
    return document.with_clip(replace(held, shots=held.shots[:1]))


def hold(qtbot: QtBot, widget: QWidget) -> None:
    """Keep the widget until it is closed.

    What nobody refers to is collected at any moment, even while Qt is painting it: that ends the process.
    """
    held = [widget]
    qtbot.addWidget(widget, before_close_func=lambda _: held.clear())
