"""Curves over the frames of a shot, before and after a stage: what plots show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Curve:
    """One value per frame of the shot, from its first frame on; unit as it is written on the axis ("px", "%")."""

    name: str
    unit: str
    before: NDArray[np.floating]
    after: NDArray[np.floating]
