"""Point spread functions of lenses, and blur by them in linear light."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Psf = NDArray[np.float32]

# Camera transfer assumed between code values and light.
_GAMMA = 2.2
# First zero of the Bessel function J1: where the first dark ring of an Airy pattern lies.
_FIRST_ZERO = 3.8317
# Sub-samples along a pixel's side where a function is sharper than a pixel.
_FINER = 5


def gaussian(sigma: float) -> Psf:
    """Aberrations of many elements together: a Gaussian of `sigma` pixels (> 0), followed to three sigmas."""
    x, y = _grid(3 * sigma)
    return _pixels(np.exp(-0.5 * (x**2 + y**2) / sigma**2))


def airy(radius: float) -> Psf:
    """Diffraction at a round aperture (Airy 1835): `radius` pixels (> 0) to the first dark ring, two rings followed."""
    x, y = _grid(2.2 * radius)
    argument = torch.from_numpy(np.hypot(x, y) * (_FIRST_ZERO / radius)).clamp(min=1e-6)
    return _pixels((2.0 * torch.special.bessel_j1(argument) / argument).square().numpy())


def disc(radius: float) -> Psf:
    """Defocus in geometrical optics: the image of a round aperture, `radius` pixels (> 0)."""
    x, y = _grid(radius)
    return _pixels((np.hypot(x, y) <= radius).astype(np.float64))


def spread(psf: Psf) -> float:
    """Standard deviation of a point spread function in pixels, the mean of both axes."""
    y, x = np.indices(psf.shape, dtype=np.float64)
    variances = [float((psf * (axis - (psf * axis).sum()) ** 2).sum()) for axis in (x, y)]
    return float(np.sqrt(max(0.0, sum(variances) / 2)))


def blurred(luma: Tensor, psf: Psf) -> Tensor:
    """H x W gamma-coded luma (0..1) seen through `psf`, which mixes light and not code values; edges mirrored."""
    light = linear(luma).numpy()
    return coded(torch.from_numpy(cv2.filter2D(light, cv2.CV_32F, psf, borderType=cv2.BORDER_REFLECT)))


def linear(luma: Tensor) -> Tensor:
    """Code values 0..1 -> linear light 0..1."""
    light: Tensor = luma.clamp(0, 1).pow(_GAMMA)
    return light


def coded(light: Tensor) -> Tensor:
    """Linear light -> code values, clipped to 0..1."""
    code: Tensor = light.clamp(0, 1).pow(1.0 / _GAMMA)
    return code


def _grid(reach: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sub-sample positions (x, y) in pixels around the centre, over whole pixels, `reach` pixels each way."""
    side = 2 * max(1, int(np.ceil(reach))) + 1
    places = (np.arange(side * _FINER) + 0.5) / _FINER - side / 2
    y, x = np.meshgrid(places, places, indexing="ij")
    return x, y


def _pixels(fine: NDArray[np.float64]) -> Psf:
    side = fine.shape[0] // _FINER
    whole = fine.reshape(side, _FINER, side, _FINER).sum(axis=(1, 3))
    return np.asarray(whole / whole.sum(), dtype=np.float32)
