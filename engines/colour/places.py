"""Where the samples of a strip lie in the whole picture, and what a map of them is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.float32]
"""3 x H x W, nominal: black 0, white 1; values outside where the codes go beyond black and white."""


@dataclass(frozen=True)
class Places:
    """Where the samples of a strip lie in the whole picture: sample (row, column) at pixel (y + row * step_y + ...).

    x, y: centre of the first sample, in pixels of the whole picture (the centre of its first pixel is 0.5, 0.5).
    luma_only: of the answer only luma counts, on the weights of the frame's own matrix; a map may leave out what
    changes no luma.
    """

    x: float
    y: float
    step_x: float
    step_y: float
    luma_only: bool = False

    def columns(self, count: int) -> NDArray[np.float32]:
        """Centres of `count` columns."""
        return np.asarray(self.x + self.step_x * np.arange(count), dtype=np.float32)

    def rows(self, count: int) -> NDArray[np.float32]:
        """Centres of `count` rows."""
        return np.asarray(self.y + self.step_y * np.arange(count), dtype=np.float32)


Map = Callable[[Rgb, Places], Rgb]
"""R'G'B' of a strip and where it lies -> R'G'B' of the same shape. It may write into what it is given."""
