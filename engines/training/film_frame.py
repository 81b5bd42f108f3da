"""A simulated damaged frame with everything that is true of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.float32]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class DamagedFrame:
    """A damaged picture and the truth about it.

    picture: H x W x 3 float32, 0..1. dirt, scratch: H x W, True exactly where they changed the picture. weave: (dx, dy)
    pixels by which content moved right and down; angle: degrees, counter-clockwise about the centre. gain: factor on
    the light; field: coarse grid (rows x columns) of further factors, spread smoothly over the picture.
    """

    number: int
    picture: Rgb
    dirt: Bool
    scratch: Bool
    weave: tuple[float, float]
    angle: float
    gain: float
    field: NDArray[np.float32]

    @property
    def mask(self) -> Bool:
        """Dirt or scratch."""
        return np.asarray(self.dirt | self.scratch)
