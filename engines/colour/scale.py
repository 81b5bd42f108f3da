"""What levels of a signal mean: percent of the nominal range for SDR, cd/m2 for PQ and HLG."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from engines.colour.automatic import HLG_PEAK, transfer_of
from engines.colour.hlg import system_gamma
from engines.colour.transfer import from_light, to_light
from engines.types import ColourSpec, PixelFormat


@dataclass(frozen=True)
class Scale:
    """name: "percent", "pq" or "hlg". unit: "IRE" or "cd/m2". lines: levels worth a line, in that unit."""

    name: str
    unit: str
    lines: tuple[float, ...]

    def coded(self, level: float) -> float:
        """The nominal signal (black 0, white 1) of a level; infinite levels stay infinite."""
        if math.isinf(level):
            return level
        if self.name == "percent":
            return level / 100.0
        if self.name == "pq":
            return float(from_light(np.array([level / 10000.0], np.float32), "smpte2084")[0])
        scene = max(level / HLG_PEAK, 0.0) ** (1.0 / system_gamma(HLG_PEAK))
        return float(from_light(np.array([scene], np.float32), "arib-std-b67")[0])

    def level(self, signal: float) -> float:
        """What `coded` gave, back."""
        if self.name == "percent":
            return signal * 100.0
        if self.name == "pq":
            return float(to_light(np.array([signal], np.float32), "smpte2084")[0]) * 10000.0
        scene = float(to_light(np.array([signal], np.float32), "arib-std-b67")[0])
        return math.copysign(abs(scene) ** system_gamma(HLG_PEAK) * HLG_PEAK, scene)


SCALES: Mapping[str, Scale] = MappingProxyType(
    {
        "percent": Scale("percent", "IRE", (0.0, 25.0, 50.0, 75.0, 100.0)),
        "pq": Scale("pq", "cd/m2", (0.1, 1.0, 10.0, 100.0, 203.0, 1000.0, 4000.0, 10000.0)),
        "hlg": Scale("hlg", "cd/m2", (0.1, 1.0, 10.0, 100.0, 203.0, 1000.0)),
    }
)
_BY_TRANSFER = {"smpte2084": "pq", "arib-std-b67": "hlg"}


def scale_of(layout: PixelFormat, colour: ColourSpec) -> Scale:
    """The scale that pictures of such a layout and colour are measured on."""
    return SCALES[_BY_TRANSFER.get(transfer_of(layout, colour), "percent")]
