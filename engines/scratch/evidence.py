"""What one frame contributes to the search for scratches: its bands, and how line-like every cell of them is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.scratch.profile import Kernel, bands_of, profile
from engines.types import Frame

SCALE = 40.0
"""Whole evidence per unit: sums over frames are exact, whatever their order."""
COARSE = (slice(None, None, 4), slice(None, None, 8))
"""Where what changes slowly is kept."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """Of one frame. bands: B x W float16, nominal luma. cells: kernels x B x W int8, evidence times `SCALE`.

    usual: kernels x B/4 x W/8 float16, mean size of the response around, every so often.
    """

    bands: NDArray[np.float16]
    cells: NDArray[np.int8]
    usual: NDArray[np.float16]

    @property
    def nbytes(self) -> int:
        return self.bands.nbytes + self.cells.nbytes + self.usual.nbytes


def evidence_of(frame: Frame, kernels: tuple[Kernel, ...]) -> Evidence:
    """Evidence of a picture."""
    bands = bands_of(frame)
    profiles = [profile(bands, kernel) for kernel in kernels]
    cells = np.stack([in_steps(one.evidence) for one in profiles])
    return Evidence(
        bands.astype(np.float16), cells, np.stack([one.usual[COARSE] for one in profiles]).astype(np.float16)
    )


def in_steps(evidence: NDArray[np.float32]) -> NDArray[np.int8]:
    """Times `SCALE`, rounded."""
    return np.asarray(np.rint(evidence * np.float32(SCALE)), np.int8)
