"""What else is done about a colour cast: grey world, and an operator's white balance with levels.

Pictures are 3 x H x W nominal R'G'B', 0..1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engines.benchmark.colour.picks import neutral
from engines.colour.mapped import Rgb

_GAMMA = 2.4
_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
_ENDS = (0.5, 99.5)
_LEAST = 1e-3


def grey_world_coded(scan: Rgb) -> Rgb:
    """Gains on R'G'B' that make the three means equal (Buchsbaum 1980); brightness stays."""
    return _balanced(scan, scan.reshape(3, -1).mean(axis=1))


def grey_world_light(scan: Rgb) -> Rgb:
    """The same on linear light."""
    light = _light(scan)
    return _coded(_balanced(light, light.reshape(3, -1).mean(axis=1)))


def white_balance_coded(scan: Rgb, truth: Rgb) -> Rgb:
    """Gains on R'G'B' that make the patch grey which is greyest in truth."""
    return _balanced(scan, _picked(scan, truth))


def white_balance_light(scan: Rgb, truth: Rgb) -> Rgb:
    """The same on linear light."""
    return _coded(_balanced(_light(scan), _light(_picked(scan, truth))))


def with_levels(balanced: Rgb) -> Rgb:
    """Black and white point set as an operator would: luma from its 0.5 % to its 99.5 % point made 0 to 1."""
    low, high = np.percentile(np.tensordot(_LUMA, balanced, 1), _ENDS)
    return _clipped((balanced - np.float32(low)) / np.float32(max(high - low, _LEAST)))


def levels_each(scan: Rgb) -> Rgb:
    """Every channel from its own 0.5 % to its own 99.5 % point made 0 to 1, as "auto levels" does."""
    low, high = np.percentile(scan.reshape(3, -1), _ENDS, axis=1).astype(np.float32)[:, :, None, None]
    return _clipped((scan - low) / np.maximum(high - low, _LEAST))


def _picked(scan: Rgb, truth: Rgb) -> NDArray[np.float32]:
    """The scan's mean colour where the true picture is greyest and neither dark nor blown."""
    return np.asarray(neutral(truth).cut(scan).mean(axis=1))


def _balanced(values: Rgb, grey: NDArray[np.float32]) -> Rgb:
    gains = float(_LUMA @ grey) / np.maximum(grey, _LEAST)
    return _clipped(values * gains.astype(np.float32)[:, None, None])


def _light(coded: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.power(coded, np.float32(_GAMMA)))


def _coded(light: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.power(light, np.float32(1.0 / _GAMMA)))


def _clipped(values: NDArray[np.float32]) -> Rgb:
    return np.asarray(np.clip(values, 0.0, 1.0), dtype=np.float32)
