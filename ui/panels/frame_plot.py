"""A plot over frames: two curves, the playhead upright, and a click that goes to the frame."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from engines.types import FrameNo
from ui.panels.plot import Plot, line

_TICKS = 6


class FramePlot(Plot):
    """`dashed` is what there was or what is compared with, `full` what came of it."""

    chosen = Signal(int)
    """Frame."""

    def __init__(self, name: str, left: int, parent: QWidget | None = None) -> None:
        """left: pixels for the figures beside the axis."""
        super().__init__(name, parent)
        self.dashed = line("failed", Qt.PenStyle.DashLine)
        self.full = line("ready", width=1.8)
        self.playhead = line("text", width=1)
        for drawn in (self.dashed, self.full, self.playhead):
            self.box.addItem(drawn)
        self.left.setWidth(left)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._span = (0, 0)
        self._area = QRectF(0, 0, 1, 1)
        self._frame: FrameNo = 0

    def lay_axes(
        self, span: tuple[FrameNo, FrameNo], known: Sequence[float], room: float, text: Callable[[float], str]
    ) -> None:
        """Axes around the figures `known` (finite) of the frames `span`, both included.

        room: free space above and below, in units of the figures. text: what stands beside a figure.
        """
        self._span = span
        low, high = (min(known), max(known)) if known else (0.0, 1.0)
        self._area = QRectF(span[0], low - room, max(span[1] - span[0], 1), high - low + 2 * room)
        self.show_range(self._area)
        # Where nothing differs one name is enough: three would say the same.
        places = (low, (low + high) / 2, high) if high > low else (low,)
        # There is no frame 9.5.
        step = max(1, math.ceil((span[1] - span[0]) / _TICKS))
        self.set_ticks(
            [(place, text(place)) for place in places] if known else [],
            [(number, str(number)) for number in range(span[0], span[1] + 1, step)],
        )
        self.show_playhead(self._frame)

    def show_playhead(self, frame: FrameNo) -> None:
        """Where it is; nowhere outside the frames drawn."""
        self._frame = frame
        seen = self._span[0] <= frame <= self._span[1]
        self.playhead.setData([frame, frame] if seen else [], [self._area.top(), self._area.bottom()] if seen else [])

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() == Qt.MouseButton.LeftButton:
            place = self.box.mapSceneToView(self.mapToScene(event.position().toPoint()))
            self.chosen.emit(min(max(round(place.x()), self._span[0]), self._span[1]))
