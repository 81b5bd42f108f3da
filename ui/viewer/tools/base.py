"""What a tool is: it turns touches on the picture into a stroke, and may draw a preview of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPen

from engines.paint import Dab
from ui.theme import colour
from ui.viewer.transform import Transform


@dataclass(frozen=True)
class Touch:
    """x, y in source pixels; pressure 0 to 1 (a mouse: 1); straight: Shift is held."""

    x: float
    y: float
    pressure: float = 1.0
    straight: bool = False


class Tool(Protocol):
    """press begins a gesture, move goes on, release ends it. `erase`: take paint away instead."""

    def press(self, touch: Touch, *, erase: bool) -> None: ...

    def move(self, touch: Touch) -> None: ...

    def release(self, touch: Touch) -> None: ...

    def cancel(self) -> None:
        """Forget the gesture."""
        ...

    def draw(self, painter: QPainter, transform: Transform, ratio: float) -> None:
        """The preview, in device pixels of the pane."""
        ...


def dab(touch: Touch, size: float) -> Dab:
    """The pen's pressure makes the brush smaller, never smaller than a fifth."""
    return Dab(touch.x, touch.y, max(size / 2 * max(touch.pressure, 0.2), 0.5))


def preview_pens(ratio: float) -> tuple[QPen, QPen]:
    """A dark pen below a bright one: seen on any picture."""
    dark, bright = QPen(colour("field", 0.8), 3 * ratio), QPen(colour("bright"), ratio)
    bright.setStyle(Qt.PenStyle.DashLine)
    return dark, bright
