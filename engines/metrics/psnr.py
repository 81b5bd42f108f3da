"""Peak signal-to-noise ratio on luma."""

from __future__ import annotations

import math

import numpy as np

from engines.metrics.pair import luma_pair
from engines.types import Frame


def psnr_y(a: Frame, b: Frame, border: int = 0) -> float:
    """Decibels on studio-range luma with peak 255 (8-bit scale); infinite for equal pictures.

    `border` pixels of every side are left out. Raises MediaError where the sizes differ.
    """
    first, second = luma_pair(a, b, border)
    error = float(np.mean(np.square(first - second)))
    return math.inf if error == 0.0 else -10.0 * math.log10(error)
