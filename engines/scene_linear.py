"""Scene-linear samples on the perceptual scale that networks know, and back; other samples stay as they are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.types import ColourSpec, PixelFormat

_GAMMA = 2.4
_BRIGHTEST = 4.0
"""Two stops above white: what shines brighter says nothing more of the composition or of the colour of a picture."""


def is_linear(layout: PixelFormat, colour: ColourSpec) -> bool:
    """Whether codes are proportional to light: floats that no transfer curve is stated for."""
    return layout.floating and colour.transfer in ("unknown", "linear")


def tamed(light: NDArray[Any]) -> NDArray[np.float32]:
    """Scene-linear light for measurements over areas: NaN as 0, all within 0..4, so that no sample outweighs all."""
    return np.asarray(np.nan_to_num(light.astype(np.float32), posinf=_BRIGHTEST).clip(0.0, _BRIGHTEST))


def encoded(light: NDArray[Any]) -> NDArray[np.float32]:
    """Nominal linear values (any shape) on a power scale; negative ones keep their sign."""
    return np.asarray(np.sign(light) * np.abs(light) ** np.float32(1 / _GAMMA), dtype=np.float32)


def decoded(values: NDArray[Any]) -> NDArray[np.float32]:
    """What `encoded` made, as light again."""
    return np.asarray(np.sign(values) * np.abs(values) ** np.float32(_GAMMA), dtype=np.float32)
