"""One measure over the frames that were measured."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from engines.metrics.measures import Measure
from engines.types import FrameNo
from ui.panels.frame_plot import FramePlot

_LEFT = 58


class MeasurePlot(FramePlot):
    """The result is a full line, the reference's own figures are dashed; frames without a figure are gaps."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, _LEFT, parent)

    def show_figures(
        self,
        measure: Measure,
        span: tuple[FrameNo, FrameNo],
        frames: Sequence[FrameNo],
        values: Sequence[float | None],
        own: Sequence[float | None],
    ) -> None:
        """`span`: the frames that the axis holds, both included."""
        drawn, beside = [_finite(value) for value in values], [_finite(value) for value in own]
        self.full.setData(list(frames), drawn)
        self.dashed.setData(list(frames)[: len(beside)], beside)
        known = [value for value in (*drawn, *beside) if not math.isnan(value)]
        spread = max(known) - min(known) if known else 1.0
        self.lay_axes(span, known, spread * 0.06 or max(abs(max(known)), 1e-6) * 0.05, measure.text)


def _finite(value: float | None) -> float:
    return math.nan if value is None or math.isinf(value) else value
