"""Scene-linear samples on the perceptual scale that networks know, and back; other samples stay as they are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.types import ColourSpec, PixelFormat

_GAMMA = 2.4


def is_linear(layout: PixelFormat, colour: ColourSpec) -> bool:
    """Whether codes are proportional to light: floats that no transfer curve is stated for."""
    return layout.floating and colour.transfer in ("unknown", "linear")


def encoded(light: NDArray[Any]) -> NDArray[np.float32]:
    """Nominal linear values (any shape) on a power scale; negative ones keep their sign."""
    return np.asarray(np.sign(light) * np.abs(light) ** np.float32(1 / _GAMMA), dtype=np.float32)


def decoded(values: NDArray[Any]) -> NDArray[np.float32]:
    """What `encoded` made, as light again."""
    return np.asarray(np.sign(values) * np.abs(values) ** np.float32(_GAMMA), dtype=np.float32)
