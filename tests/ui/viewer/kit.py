"""A viewer on a synthetic clip, with a bridge that answers from memory: no decoding, no threads."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import cast

import cv2
import numpy as np
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from app import commands
from app.document import Media
from app.pictures import Bgrx, Kind, Picture, Probe, Want
from app.render_bridge import RenderBridge
from app.session import Session
from app.view_state import ViewState
from engines.colour.scale import SCALES, Scale
from engines.colour.screen import Screen
from engines.media.source import ClipInfo
from engines.scheduler import Urgency
from engines.types import FrameNo
from ui.viewer.viewer import Viewer

GREY = {"source": 60, "restored": 160, "difference": 128, "provenance": 30}


class AnsweringBridge(QObject):
    """Answers every want at once, or, where `late`, when told to."""

    picture_ready = Signal(object)
    probe_ready = Signal(object)
    cache_changed = Signal(str)
    clip_info_ready = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.late = False
        self.failure = ""
        self.reduction = 1
        self.info: ClipInfo | None = None
        self.scale = "percent"
        self.source_scale = ""
        self.peak: float | None = None
        self.asked: list[tuple[Want, ...]] = []
        self.probed: list[tuple[int, int, int]] = []
        self.questions: list[tuple[str, ...]] = []
        self._held: dict[Want, Bgrx] = {}

    def show(self, wants: Sequence[Want]) -> list[Picture]:
        self.asked.append(tuple(wants))
        return [] if self.late else [self.answer(want) for want in wants]

    def answer(self, want: Want) -> Picture:
        if self.failure:
            return Picture(want, None, failure=self.failure)
        if want not in self._held:
            view = want.view
            columns = np.linspace(0, 40, view.out_width, dtype=np.float32)[None]
            grey = np.repeat(columns, view.out_height, axis=0) + GREY[want.kind]
            self._held[want] = np.ascontiguousarray(cv2.merge([grey.astype(np.uint8)] * 4))
        return Picture(want, self._held[want], self.reduction)

    def probe(self, clip_id: str, frame: int, x: int, y: int) -> None:
        self.probed.append((frame, x, y))
        self.probe_ready.emit(Probe(clip_id, frame, x, y, ("Y",), (64.0,), (66.0,), "ADJUSTED", stage="detail"))

    def ask(self, key: tuple[str, ...], urgency: Urgency, work: object) -> None:
        self.questions.append(key)

    def clip_info(self, clip_id: str) -> ClipInfo | None:
        return self.info

    def scale_of(self, clip_id: str, kind: Kind) -> Scale:
        return SCALES[(self.source_scale if kind == "source" else "") or self.scale]

    def seen_through(self, screen: Screen, clip_id: str, frame: FrameNo, kind: Kind) -> Screen:
        return screen.mastered(self.peak)


def opened(
    qtbot: QtBot, size: tuple[int, int] = (320, 240), window: tuple[int, int] = (900, 560)
) -> tuple[Viewer, AnsweringBridge]:
    """A shown viewer with one clip of ten frames."""
    session, bridge, state = Session(), AnsweringBridge(), ViewState()
    viewer = Viewer(session, cast(RenderBridge, bridge), state)
    for held in (session, bridge, state):
        held.setParent(viewer)
    qtbot.addWidget(viewer)
    viewer.resize(*window)
    viewer.show()
    document, clip_id = commands.add_clip(
        session.document, Media(Path("/nowhere/clip.mkv"), "f" * 64, *size, 10, Fraction(24))
    )
    session.do("Add clip", document)
    session.set_clip(clip_id)
    return viewer, bridge
