"""Picks spots for a stage's setting: every click adds one, the right button takes one away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from ui.viewer import marks
from ui.viewer.picks import Picks
from ui.viewer.tools.base import Touch
from ui.viewer.transform import Transform


class PickTool:
    """At work while `ViewState.drawing` names a setting of spots, until Esc; what is let go of counts."""

    def __init__(self, picks: Picks, remove: Callable[[float, float], bool]) -> None:
        """remove: takes away the spot that lies under a place of the source, if one does."""
        self._picks, self._remove = picks, remove
        self._at: Touch | None = None

    def press(self, touch: Touch, *, erase: bool) -> None:
        self._at = None if erase else touch
        if erase:
            self._remove(touch.x, touch.y)

    def move(self, touch: Touch) -> None:
        if self._at is not None:
            self._at = touch

    def release(self, touch: Touch) -> None:
        if self._at is not None:
            self._picks.add(touch.x, touch.y)
        self._at = None

    def cancel(self) -> None:
        self._at = None

    def draw(self, painter: QPainter, transform: Transform, ratio: float) -> None:
        if self._at is not None:
            at = QPointF(*transform.to_device(self._at.x, self._at.y))
            marks.draw_pin(painter, at, "", ratio)
