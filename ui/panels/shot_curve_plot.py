"""One curve over the frames of a shot, before and after a stage."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtWidgets import QWidget

from engines.analysis.curves import Curve
from engines.types import FrameNo
from ui.panels.frame_plot import FramePlot
from ui.theme import px

_LEFT = 62
_SHORT = 2


class ShotCurvePlot(FramePlot):
    """Before is dashed, after a full line."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, px(_LEFT), parent)

    def show_curve(self, curve: Curve, first: FrameNo) -> None:
        """first: the shot's first frame."""
        count = len(curve.before)
        frames = list(range(first, first + count))
        self.dashed.setData(frames, np.asarray(curve.before, np.float64))
        self.full.setData(frames, np.asarray(curve.after, np.float64))
        both = np.concatenate([curve.before, curve.after]).astype(np.float64)
        known = both[np.isfinite(both)].tolist()
        spread = max(known) - min(known) if known else 1.0
        room = spread * 0.08 or max(abs(max(known)), 1.0) * 0.05
        digits = max(0, min(4, 1 - math.floor(math.log10(spread)))) if spread > 0 else 2
        # The title above names the unit in full.
        unit = {"degrees": "°", "": ""}.get(curve.unit, f" {curve.unit}" if len(curve.unit) <= _SHORT else "")
        self.lay_axes((first, first + max(count, 1) - 1), known, room, lambda place: f"{place:.{digits}f}{unit}")
