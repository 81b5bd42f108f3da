"""Brush and eraser: paint as the pointer moves."""

from __future__ import annotations

from PySide6.QtGui import QPainter

from app.view_state import ViewState
from engines.paint import Dab
from ui.viewer.desk import Desk
from ui.viewer.tools.base import Touch, dab
from ui.viewer.transform import Transform


class BrushTool:
    """Draws from touch to touch, so that a fast hand leaves no gaps."""

    def __init__(self, desk: Desk, state: ViewState, *, erases: bool = False) -> None:
        self._desk, self._state, self._erases = desk, state, erases
        self._at: Dab | None = None

    def press(self, touch: Touch, *, erase: bool) -> None:
        self._at = None
        if self._desk.begin(erase=erase or self._erases) is not None:
            self._to(touch)

    def move(self, touch: Touch) -> None:
        if self._at is not None:
            self._to(touch)

    def release(self, touch: Touch) -> None:
        if self._at is not None and (touch.x, touch.y) != (self._at.x, self._at.y):
            self._to(touch)
        self._at = None
        self._desk.finish()

    def cancel(self) -> None:
        self._at = None

    def draw(self, painter: QPainter, transform: Transform, ratio: float) -> None:
        """Nothing: the stroke itself is on the screen."""

    def _to(self, touch: Touch) -> None:
        stroke = self._desk.stroke
        if stroke is None:
            # The frame changed under the hand: the stroke ended there.
            self._at = None
            return
        here = dab(touch, self._state.brush_size)
        self._desk.changed(stroke.segment(self._at or here, here, self._state.brush_hardness))
        self._at = here
