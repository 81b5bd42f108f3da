"""Pins the places whose colours are compared: a click each."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from app.pins import Pin
from app.session import Session
from app.view_state import PINS, ViewState
from ui.viewer import marks
from ui.viewer.tools.base import Touch
from ui.viewer.transform import Transform


class PinTool:
    """At work while `ViewState.pinning` names a pin; after the first the second is waited for, if it is not set."""

    def __init__(self, session: Session, state: ViewState) -> None:
        self._session, self._state = session, state
        self._at: Touch | None = None

    def press(self, touch: Touch, *, erase: bool) -> None:
        self._at = None if erase else touch

    def move(self, touch: Touch) -> None:
        if self._at is not None:
            self._at = touch

    def release(self, touch: Touch) -> None:
        if self._at is not None:
            self.put(self._state.pinning, touch.x, touch.y)
        self._at = None

    def put(self, name: str, x: float, y: float) -> None:
        """The pin goes to the source pixel at x, y of the frame shown; nothing outside the picture."""
        clip, state = self._session.clip, self._state
        if clip is None or name not in PINS or not (0 <= x < clip.media.width and 0 <= y < clip.media.height):
            return
        state.set(name, Pin(clip.id, self._session.playhead, int(x), int(y)))
        missing = [other for other in PINS if getattr(state, other) is None]
        state.set("pinning", missing[0] if state.pinning == name and missing else "")

    def cancel(self) -> None:
        self._at = None

    def draw(self, painter: QPainter, transform: Transform, ratio: float) -> None:
        if self._at is not None:
            at = QPointF(*transform.to_device(self._at.x, self._at.y))
            marks.draw_pin(painter, at, pin_letter(self._state.pinning), ratio)


def pin_letter(name: str) -> str:
    """How a pin is called on the picture and below it."""
    return {"pin_a": "A", "pin_b": "B"}.get(name, "")
