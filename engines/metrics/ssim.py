"""Structural similarity on luma (Wang, Bovik, Sheikh, Simoncelli 2004)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.errors import MediaError
from engines.metrics.pair import luma_pair
from engines.types import Frame

_WINDOW, _SIGMA = 11, 1.5
# (K1 L)^2 and (K2 L)^2 with L = 1, the peak of the luma scale.
_C1, _C2 = 0.01**2, 0.03**2


def ssim_y(a: Frame, b: Frame, border: int = 0) -> float:
    """Mean of the SSIM map on studio-range luma: 11 x 11 Gaussian window of sigma 1.5, only where it fits whole.

    1 for equal pictures. Raises MediaError where the sizes differ or the picture is smaller than the window.
    """
    x, y = luma_pair(a, b, border)
    if min(x.shape) < _WINDOW:
        raise MediaError(f"SSIM needs pictures of at least {_WINDOW}x{_WINDOW} pixels, got {x.shape[1]}x{x.shape[0]}.")
    mean_x, mean_y = _smooth(x), _smooth(y)
    var_x, var_y = _smooth(x * x) - mean_x**2, _smooth(y * y) - mean_y**2
    covariance = _smooth(x * y) - mean_x * mean_y
    above = (2 * mean_x * mean_y + _C1) * (2 * covariance + _C2)
    below = (mean_x**2 + mean_y**2 + _C1) * (var_x + var_y + _C2)
    return float(np.mean(above / below))


def _smooth(plane: NDArray[np.float64]) -> NDArray[np.float64]:
    kernel = cv2.getGaussianKernel(_WINDOW, _SIGMA, cv2.CV_64F)
    half = _WINDOW // 2
    return np.asarray(cv2.sepFilter2D(plane, cv2.CV_64F, kernel, kernel)[half:-half, half:-half], dtype=np.float64)
