"""Grain like that of the surroundings: same strength, same spatial correlation, reproducible."""

from __future__ import annotations

import cv2
import numpy as np

from engines.masks import Mask
from engines.repair.spread import Field

_BLOCK = 16
_FEWEST_BLOCKS = 4
# The calmest share of the blocks stands for grain without picture.
_CALM = 0.25


def like_surroundings(plane: Field, known: Mask, seed: tuple[int, ...]) -> Field:
    """Zero-mean noise of the plane's size with the spectrum of the calm parts of `plane` where `known`.

    All zeros where too little is known to measure it. The same seed gives the same grain.
    """
    spectrum = _spectrum(plane, known)
    if spectrum is None:
        return np.zeros(plane.shape, np.float32)
    kernel = np.fft.fftshift(np.fft.ifft2(np.sqrt(spectrum)).real)
    white = np.random.default_rng(seed).standard_normal(plane.shape).astype(np.float32)
    grain = cv2.filter2D(white, cv2.CV_32F, kernel.astype(np.float32), borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(grain, np.float32)


def _spectrum(plane: Field, known: Mask) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]] | None:
    """Mean power per frequency of the calmest known blocks, in code values squared."""
    blocks = []
    for y in range(0, plane.shape[0] - _BLOCK + 1, _BLOCK // 2):
        for x in range(0, plane.shape[1] - _BLOCK + 1, _BLOCK // 2):
            if known[y : y + _BLOCK, x : x + _BLOCK].all():
                blocks.append(plane[y : y + _BLOCK, x : x + _BLOCK])
    if len(blocks) < _FEWEST_BLOCKS:
        return None
    stack = np.stack(blocks).astype(np.float64)
    # A plane fitted to each block takes the shading away and leaves the grain.
    ramp = np.linspace(-1.0, 1.0, _BLOCK)
    norm = float(np.square(ramp).sum() * _BLOCK)
    stack -= stack.mean(axis=(1, 2), keepdims=True)
    stack -= ((stack * ramp).sum(axis=(1, 2)) / norm)[:, None, None] * ramp
    stack -= ((stack * ramp[:, None]).sum(axis=(1, 2)) / norm)[:, None, None] * ramp[:, None]
    calm = np.argsort(np.square(stack).mean(axis=(1, 2)), kind="stable")[: max(_FEWEST_BLOCKS, int(len(stack) * _CALM))]
    return np.asarray(np.square(np.abs(np.fft.fft2(stack[calm]))).mean(axis=0) / _BLOCK**2)
