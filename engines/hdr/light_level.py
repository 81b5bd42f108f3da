"""Content light levels of PQ pictures: MaxCLL and MaxFALL as CTA-861.3 defines them, from samples as stored."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engines.colour.mapped import MARGIN, nominal_rgb
from engines.colour.transfer import to_light
from engines.hdr.mapping import PQ
from engines.hdr.table import Table
from engines.luma import matrix_name
from engines.media.hdr_metadata import LightLevel
from engines.types import Frame, Rect

_TOP = 10000.0
_STRIP = 2**18
"""Pixels worked on at once."""


@dataclass(frozen=True)
class Light:
    """cd/m2, not rounded: any pixel's brightest component, and the largest mean over a frame of those."""

    brightest: float
    average: float

    def joined(self, other: Light) -> Light:
        """Of both together."""
        return Light(max(self.brightest, other.brightest), max(self.average, other.average))

    def level(self) -> LightLevel:
        """As files store it, in whole cd/m2."""
        return LightLevel(round(self.brightest), round(self.average))


def light_of(frame: Frame) -> Light:
    """Of one PQ picture, chroma interpolated at its siting.

    CTA-861.3, P.1 and P.2: of every pixel the largest of linear R, G and B in cd/m2; of a frame their mean.
    """
    if frame.colour.matrix == "unknown":
        matrix = matrix_name(frame.colour, frame.width, frame.height)
        frame = replace(frame, colour=replace(frame.colour, matrix=matrix))
    rows = max(1, _STRIP // frame.width // frame.format.chroma_y) * frame.format.chroma_y
    brightest, total = 0.0, 0.0
    for top in range(0, frame.height, rows):
        strip = Rect(0, top, frame.width, min(rows, frame.height - top))
        wide = strip.grown(MARGIN, frame.bounds).aligned(frame.format.chroma_x, frame.format.chroma_y, frame.bounds)
        rgb = nominal_rgb(frame.crop(wide))[:, strip.y - wide.y :][:, : strip.height]
        # PQ rises with light: the brightest component has the largest code.
        largest = np.maximum(np.maximum(rgb[0], rgb[1]), rgb[2])
        light = _LIGHT(largest)
        brightest = max(brightest, float(light.max()))
        total += float(light.sum(dtype=np.float64))
    return Light(brightest, total / (frame.width * frame.height))


class LightMeter:
    """Takes in frames; `light` is theirs together, None where none was a PQ picture."""

    def __init__(self) -> None:
        self.light: Light | None = None

    def add(self, frame: Frame) -> None:
        """Frames of other transfers have no absolute light and count for nothing."""
        if frame.colour.transfer == PQ:
            light = light_of(frame)
            self.light = light if self.light is None else self.light.joined(light)


def _cd(codes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(to_light(codes.astype(np.float32), PQ), dtype=np.float64) * _TOP


_LIGHT = Table.of(_cd, 0.0, 1.0)
