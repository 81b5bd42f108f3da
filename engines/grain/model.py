"""What the grain of a shot is like: variance by brightness, spatial correlation, how much of it stays put."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.luma import Luma

BINS = 12
"""Brightness bins between nominal black and white."""
LEVELS = (np.arange(BINS) + 0.5) / BINS
"""Their middles."""
LAGS = 7
"""Correlation is known for distances up to this many samples."""

Table = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class GrainModel:
    """Per plane of the frame (alpha left out); nominal units: luma and RGB 0..1, chroma excursion -0.5..0.5.

    variance: planes x BINS, by brightness of luma. correlation: planes x (2 LAGS + 1) x (2 LAGS + 1), 1 in the middle,
    in the plane's own samples. frozen: 0 (fresh in every frame) .. 1 (the same in all of them). seen: how many blocks
    each bin rests on; bins without any are continued from their neighbours.
    """

    variance: Table
    correlation: Table
    frozen: float
    seen: Table

    @property
    def sigma(self) -> float:
        """Standard deviation of luma grain where the shot is mostly, nominal 0..1."""
        weight = self.seen if self.seen.any() else np.ones(BINS)
        return float(np.sqrt((self.variance[0] * weight).sum() / weight.sum()))

    def sigma_at(self, plane: int, brightness: Luma) -> Luma:
        """H x W standard deviation of the grain of a plane under `brightness` (H x W, nominal 0..1)."""
        return looked_up(self.strengths(plane), brightness)

    def strengths(self, plane: int) -> Luma:
        """256: standard deviation of the grain of a plane from black to white."""
        fine = np.linspace(0.0, 1.0, 256)
        return np.asarray(np.sqrt(np.interp(fine, LEVELS, self.variance[plane])), np.float32)

    def spectrum(self, plane: int, height: int, width: int) -> Table:
        """height x width: power per frequency of unit-variance grain (mean 1), as numpy's fft2 orders frequencies."""
        field = np.zeros((height, width))
        for y in range(-min(LAGS, (height - 1) // 2), min(LAGS, (height - 1) // 2) + 1):
            for x in range(-min(LAGS, (width - 1) // 2), min(LAGS, (width - 1) // 2) + 1):
                field[y, x] = self.correlation[plane, LAGS + y, LAGS + x]
        power = np.maximum(np.fft.fft2(field).real, 0.0)
        return np.asarray(power / max(float(power.mean()), 1e-12))

    def reduced(self, factor: int) -> GrainModel:
        """Of pictures shrunk by an integer factor by area means."""
        if factor == 1:
            return self
        shares = [_pooled(table, factor) for table in self.correlation]
        variance = np.stack([v * s[LAGS, LAGS] for v, s in zip(self.variance, shares, strict=True)])
        correlation = np.stack([s / max(float(s[LAGS, LAGS]), 1e-12) for s in shares])
        return GrainModel(variance, correlation, self.frozen, self.seen)

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """To be kept; `from_arrays` reads it."""
        return {
            "variance": self.variance,
            "correlation": self.correlation,
            "frozen": np.array(self.frozen),
            "seen": self.seen,
        }

    @staticmethod
    def from_arrays(arrays: Mapping[str, NDArray[Any]]) -> GrainModel:
        """What `arrays` gave."""
        return GrainModel(arrays["variance"], arrays["correlation"], float(arrays["frozen"]), arrays["seen"])


def looked_up(strengths: Luma, brightness: Luma) -> Luma:
    """H x W of `GrainModel.strengths` by brightness (H x W, nominal 0..1)."""
    place = np.clip(brightness * np.float32(255.0) + np.float32(0.5), 0, 255).astype(np.uint8)
    return np.asarray(strengths[place], np.float32)


def _pooled(table: Table, factor: int) -> Table:
    """Covariance of means of factor x factor samples, from the correlation of the samples, at the coarser lags."""
    side = 2 * LAGS + 1
    # Two means, `lag` cells apart: a triangle of sample distances around lag * factor in each direction.
    weight = np.zeros((side, side))
    for lag in range(-LAGS, LAGS + 1):
        for near in range(1 - factor, factor):
            distance = lag * factor + near
            if abs(distance) <= LAGS:
                weight[LAGS + lag, LAGS + distance] += (factor - abs(near)) / factor**2
    return np.asarray(weight @ table @ weight.T)
