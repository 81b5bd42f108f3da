"""Mean luma over the frames of a shot, before and after: where flicker shows."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QWidget

from engines.scopes import LumaCurve
from engines.types import FrameNo
from ui.panels.plot import Plot, line

_LEAST = 4.0
"""Percent that the axis spans at least, so that noise in a steady shot does not look like flicker."""


class CurveView(Plot):
    """The source is dashed, the restored picture a full line."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.source = line("failed", Qt.PenStyle.DashLine)
        self.restored = line("ready", width=1.8)
        self.playhead = line("text", width=1)
        for drawn in (self.source, self.restored, self.playhead):
            self.box.addItem(drawn)
        self._area = QRectF(0, 0, 1, 100)
        self._frame: FrameNo = 0

    def show_curve(self, curve: LumaCurve | None) -> None:
        """None empties it."""
        source, restored = (_percent(curve.source), _percent(curve.restored)) if curve else ([], [])
        first = curve.first if curve else 0
        for drawn, values in ((self.source, source), (self.restored, restored)):
            drawn.setData(list(range(first, first + len(values))), values)
        known = [value for value in (*source, *restored) if not math.isnan(value)]
        low, high = (min(known), max(known)) if known else (0.0, 100.0)
        middle, half = (low + high) / 2, max(high - low, _LEAST) * 0.55
        self._area = QRectF(first, middle - half, max(len(source) - 1, 1), 2 * half)
        self.show_range(self._area)
        bottom, top = self._area.top(), self._area.bottom()
        self.set_ticks(((bottom, f"{bottom:.0f} %"), (middle, f"{middle:.0f} %"), (top, f"{top:.0f} %")))
        self.show_playhead(self._frame)

    def show_playhead(self, frame: FrameNo) -> None:
        self._frame = frame
        self.playhead.setData([frame, frame], [self._area.top(), self._area.bottom()])


def _percent(values: tuple[float | None, ...]) -> list[float]:
    return [math.nan if value is None else value * 100 for value in values]
