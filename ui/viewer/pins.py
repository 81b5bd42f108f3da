"""The pins whose colours are compared, on the frame where they stand."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from app.document import ClipWork
from app.view_state import PINS, ViewState
from engines.types import FrameNo
from ui.viewer import marks
from ui.viewer.tools.pin import pin_letter
from ui.viewer.transform import Transform


def draw_pins(
    painter: QPainter, state: ViewState, clip: ClipWork, frame: FrameNo, now: Transform, ratio: float
) -> None:
    """Those of this frame."""
    for name in PINS:
        pin = getattr(state, name)
        if pin is not None and (pin.clip_id, pin.frame) == (clip.id, frame):
            at = QPointF(*now.to_device(pin.x + 0.5, pin.y + 0.5))
            marks.draw_pin(painter, at, pin_letter(name), ratio, token="accent")
