"""One measure over the frames that were measured; a click goes to the frame."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from engines.metrics.measures import Measure
from engines.types import FrameNo
from ui.panels.plot import Plot, line

_TICKS = 6


class MeasurePlot(Plot):
    """The result is a full line, the reference's own figures are dashed; frames without a figure are gaps."""

    chosen = Signal(int)
    """Frame."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.own = line("failed", Qt.PenStyle.DashLine)
        self.values = line("ready", width=1.8)
        self.playhead = line("text", width=1)
        for drawn in (self.own, self.values, self.playhead):
            self.box.addItem(drawn)
        self.left.setWidth(58)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._span = (0, 0)
        self._area = QRectF(0, 0, 1, 1)
        self._frame: FrameNo = 0

    def show_figures(
        self,
        measure: Measure,
        span: tuple[FrameNo, FrameNo],
        frames: Sequence[FrameNo],
        values: Sequence[float | None],
        own: Sequence[float | None],
    ) -> None:
        """`span`: the frames that the axis holds, both included."""
        self._span = span
        drawn, beside = [_finite(value) for value in values], [_finite(value) for value in own]
        self.values.setData(list(frames), drawn)
        self.own.setData(list(frames)[: len(beside)], beside)
        known = [value for value in (*drawn, *beside) if not math.isnan(value)]
        low, high = (min(known), max(known)) if known else (0.0, 1.0)
        room = (high - low) * 0.06 or max(abs(high), 1e-6) * 0.05
        self._area = QRectF(span[0], low - room, max(span[1] - span[0], 1), high - low + 2 * room)
        self.show_range(self._area)
        # Where nothing differs one name is enough: three would say the same.
        places = (low, (low + high) / 2, high) if high > low else (low,)
        # There is no frame 9.5.
        step = max(1, math.ceil((span[1] - span[0]) / _TICKS))
        self.set_ticks(
            [(place, measure.text(place)) for place in places] if known else [],
            [(number, str(number)) for number in range(span[0], span[1] + 1, step)],
        )
        self.show_playhead(self._frame)

    def show_playhead(self, frame: FrameNo) -> None:
        self._frame = frame
        seen = self._span[0] <= frame <= self._span[1]
        self.playhead.setData([frame, frame] if seen else [], [self._area.top(), self._area.bottom()] if seen else [])

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() == Qt.MouseButton.LeftButton:
            place = self.box.mapSceneToView(self.mapToScene(event.position().toPoint()))
            self.chosen.emit(min(max(round(place.x()), self._span[0]), self._span[1]))


def _finite(value: float | None) -> float:
    return math.nan if value is None or math.isinf(value) else value
