"""One curve over the frames of a shot, before and after a stage; a click goes to the frame."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from engines.analysis.curves import Curve
from engines.types import FrameNo
from ui.panels.plot import Plot, line
from ui.theme import px

_TICKS = 6
_LEFT = 62
_SHORT = 2


class ShotCurvePlot(Plot):
    """Before is dashed, after a full line, the playhead upright."""

    chosen = Signal(int)
    """Frame."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.before = line("failed", Qt.PenStyle.DashLine)
        self.after = line("ready", width=1.8)
        self.playhead = line("text", width=1)
        for drawn in (self.before, self.after, self.playhead):
            self.box.addItem(drawn)
        self.left.setWidth(px(_LEFT))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._span = (0, 0)
        self._area = QRectF(0, 0, 1, 1)
        self._frame: FrameNo = 0

    def show_curve(self, curve: Curve, first: FrameNo) -> None:
        """first: the shot's first frame."""
        count = len(curve.before)
        frames = list(range(first, first + count))
        self._span = (first, first + max(count, 1) - 1)
        self.before.setData(frames, np.asarray(curve.before, np.float64))
        self.after.setData(frames, np.asarray(curve.after, np.float64))
        known = np.concatenate([curve.before, curve.after]).astype(np.float64)
        known = known[np.isfinite(known)]
        low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
        room = (high - low) * 0.08 or max(abs(high), 1.0) * 0.05
        self._area = QRectF(first, low - room, max(count - 1, 1), high - low + 2 * room)
        self.show_range(self._area)
        places = (low, (low + high) / 2, high) if high > low else (low,)
        digits = max(0, min(4, 1 - math.floor(math.log10(high - low)))) if high > low else 2
        # The title above names the unit in full.
        unit = {"degrees": "°", "": ""}.get(curve.unit, f" {curve.unit}" if len(curve.unit) <= _SHORT else "")
        # There is no frame 9.5.
        step = max(1, math.ceil(count / _TICKS))
        self.set_ticks(
            [(place, f"{place:.{digits}f}{unit}") for place in places] if len(known) else [],
            [(number, str(number)) for number in range(first, first + count, step)],
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
