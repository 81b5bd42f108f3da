"""Draws the rectangle of a stage's setting: the next drag on the picture becomes its text."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRectF
from PySide6.QtGui import QPainter

from app import commands
from app.document import ClipWork
from app.session import Session
from app.stage_text import stage_title
from app.view_state import ViewState
from engines.errors import SettingError
from ui.viewer.tools.base import Touch, preview_pens
from ui.viewer.transform import Transform

_LEAST = 4
"""A click is not a rectangle."""


class RegionTool:
    """At work while `ViewState.drawing` names a setting; one drag is one undo step."""

    def __init__(self, session: Session, state: ViewState) -> None:
        self._session, self._state = session, state
        self._from: Touch | None = None
        self._to: Touch | None = None

    def press(self, touch: Touch, *, erase: bool) -> None:  # noqa: ARG002 - as every tool
        self._from = self._to = touch

    def move(self, touch: Touch) -> None:
        self._to = touch

    def release(self, touch: Touch) -> None:
        start, self._from = self._from, None
        clip, drawing = self._session.clip, self._state.drawing
        if start is None or clip is None or drawing is None:
            return
        text = _text(clip, start, touch)
        if text:
            self._state.set("drawing", None)
            self._set(clip, *drawing, text)

    def cancel(self) -> None:
        self._from = None

    def draw(self, painter: QPainter, transform: Transform, ratio: float) -> None:
        if self._from is None or self._to is None:
            return
        corners = [QPointF(*transform.to_device(touch.x, touch.y)) for touch in (self._from, self._to)]
        for pen in preview_pens(ratio):
            painter.setPen(pen)
            painter.drawRect(QRectF(*corners).normalized())

    def _set(self, clip: ClipWork, stage: str, key: str, text: str) -> None:
        session = self._session
        name = QCoreApplication.translate("RegionTool", "Draw region of {0}").format(stage_title(stage))
        index = clip.shot_index(session.playhead)
        try:
            session.do(name, commands.set_setting(session.document, clip.id, index, stage, key, text))
        except SettingError as error:
            session.notify_error(error)


def _text(clip: ClipWork, one: Touch, other: Touch) -> str:
    """`x,y,width,height` in whole source pixels within the picture; empty where that is too small to be meant."""
    width, height = clip.media.width, clip.media.height
    left, right = (min(max(round(x), 0), width) for x in sorted((one.x, other.x)))
    top, bottom = (min(max(round(y), 0), height) for y in sorted((one.y, other.y)))
    if right - left < _LEAST or bottom - top < _LEAST:
        return ""
    return f"{left},{top},{right - left},{bottom - top}"
