"""Grain made anew: of the measured strength at every brightness and the measured spectrum, fresh for every seed."""

from __future__ import annotations

import cv2
import numpy as np

from engines.grain.model import LAGS, GrainModel
from engines.luma import Luma


def synthetic(model: GrainModel, plane: int, brightness: Luma, seed: tuple[int, ...]) -> Luma:
    """H x W grain of a plane, nominal units; brightness: H x W nominal luma under it. The same seed, the same grain."""
    return np.asarray(unit_grain(model, plane, brightness.shape, seed) * model.sigma_at(plane, brightness), np.float32)


def unit_grain(model: GrainModel, plane: int, shape: tuple[int, ...], seed: tuple[int, ...]) -> Luma:
    """Zero mean, variance 1, correlated as measured."""
    return coloured(grain_kernel(model, plane), shape, seed)


def grain_kernel(model: GrainModel, plane: int) -> Luma:
    """What white noise is filtered with to be correlated as measured, its squares summing to 1."""
    side = 4 * LAGS + 1
    amplitude = np.sqrt(model.spectrum(plane, side, side))
    kernel = np.fft.fftshift(np.fft.ifft2(amplitude).real)
    return np.asarray(kernel / np.sqrt(np.square(kernel).sum()), np.float32)


def coloured(kernel: Luma, shape: tuple[int, ...], seed: tuple[int, ...]) -> Luma:
    """White noise of variance 1, filtered."""
    white = np.random.default_rng(seed).standard_normal((shape[0], shape[1]), dtype=np.float32)
    return np.asarray(cv2.filter2D(white, cv2.CV_32F, kernel, borderType=cv2.BORDER_REFLECT_101), np.float32)
