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
    side = 4 * LAGS + 1
    amplitude = np.sqrt(model.spectrum(plane, side, side))
    kernel = np.fft.fftshift(np.fft.ifft2(amplitude).real)
    kernel /= np.sqrt(np.square(kernel).sum())
    white = np.random.default_rng(seed).standard_normal((shape[0], shape[1]), dtype=np.float32)
    grain = cv2.filter2D(white, cv2.CV_32F, kernel.astype(np.float32), borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(grain, np.float32)
