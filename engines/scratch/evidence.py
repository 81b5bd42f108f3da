"""What one frame contributes to the search for scratches: its bands, and how line-like every cell of them is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.scratch.profile import Kernel, bands_of, profile
from engines.types import Frame

SCALE = 40.0
"""Whole evidence per unit: sums over frames are exact, whatever their order."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """Of one frame. bands: B x W float16, nominal luma. cells: kernels x B x W int8, evidence times `SCALE`."""

    bands: NDArray[np.float16]
    cells: NDArray[np.int8]

    @property
    def nbytes(self) -> int:
        return self.bands.nbytes + self.cells.nbytes


def evidence_of(frame: Frame, kernels: tuple[Kernel, ...]) -> Evidence:
    """Evidence of a picture."""
    bands = bands_of(frame)
    cells = np.stack([np.rint(profile(bands, kernel).evidence * np.float32(SCALE)) for kernel in kernels])
    return Evidence(bands.astype(np.float16), cells.astype(np.int8))
