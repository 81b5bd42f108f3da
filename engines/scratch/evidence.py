"""What one frame contributes to the search for scratches: its bands, and how line-like every cell of them is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.luma import Luma
from engines.scratch.profile import Kernel, bands_of, profile

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


def evidence_of(luma: Luma, kernels: tuple[Kernel, ...]) -> Evidence:
    """Evidence of a picture (H x W float32, nominal 0..1)."""
    bands = bands_of(luma)
    cells = np.stack([np.rint(profile(bands, kernel).evidence * np.float32(SCALE)) for kernel in kernels])
    return Evidence(bands.astype(np.float16), cells.astype(np.int8))
