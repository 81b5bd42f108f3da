"""The degradations that recipes train with: the simulator's, under the names that recipes know."""

from __future__ import annotations

from engines.training.simulator.chain import Degraded, degrade
from engines.training.simulator.clip import DegradedClip, degrade_clip
from engines.training.simulator.codecs import jpeg_pass
from engines.training.simulator.grain import add_grain
from engines.training.simulator.reach import WILD, DegradationRange
from engines.training.simulator.sampling import shrink
from engines.training.simulator.steps import equivalent_step, h264_step, jpeg_step

__all__ = [
    "WILD",
    "DegradationRange",
    "Degraded",
    "DegradedClip",
    "add_grain",
    "degrade",
    "degrade_clip",
    "equivalent_step",
    "h264_step",
    "jpeg_pass",
    "jpeg_step",
    "shrink",
]
