"""A map of colours as a table of 8-bit answers: compiled once, then applied to pictures by OpenColorIO."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.float32]
Rgb8 = NDArray[np.uint8]
Values = NDArray[np.float32]

SIZE = 65
"""Nodes along each axis; between them, tetrahedral interpolation."""


@dataclass(frozen=True, eq=False)
class Curve:
    """One curve for all three channels, before the table: equidistant values over 0..1, or over all half floats.

    values: float32, into 0..1. half: 65536 of them, one per bit pattern of a half float, for light without bounds.
    """

    values: Values
    half: bool = False


def half_curve(of: Callable[[Values], Values]) -> Curve:
    """`of` for every half float; what is not a number counts as 0, infinities as the largest numbers."""
    numbers = np.arange(65536, dtype=np.uint16).view(np.float16).astype(np.float32)
    most = float(np.finfo(np.float16).max)
    return Curve(np.asarray(of(np.nan_to_num(numbers, nan=0.0, posinf=most, neginf=-most)), np.float32), half=True)


def lattice_points(size: int = SIZE) -> Rgb:
    """3 x size^3, each over 0..1; blue changes fastest."""
    steps = np.linspace(0.0, 1.0, size, dtype=np.float32)
    return np.stack([axis.ravel() for axis in np.meshgrid(steps, steps, steps, indexing="ij")])


class Lattice:
    """Nominal R'G'B' to 8-bit R'G'B'; values outside 0..1 count as 0 or 1 where no curve says otherwise."""

    def __init__(self, answers: Rgb, curve: Curve | None = None) -> None:
        """answers: 3 x size^3, what the points of `lattice_points` become, 0..1; curve: before them."""
        import PyOpenColorIO as ocio  # noqa: N813

        table = ocio.Lut3DTransform(round(answers.shape[1] ** (1 / 3)))
        table.setInterpolation(ocio.INTERP_TETRAHEDRAL)
        table.setData(np.ascontiguousarray(answers.T, dtype=np.float32).ravel())
        whole = ocio.GroupTransform()
        if curve is not None:
            before = ocio.Lut1DTransform(len(curve.values), curve.half)
            before.setData(np.repeat(curve.values, 3))
            whole.appendTransform(before)
        whole.appendTransform(table)
        self._ocio = ocio
        self._processor = (
            ocio.Config.CreateRaw()
            .getProcessor(whole)
            .getOptimizedCPUProcessor(ocio.BIT_DEPTH_F32, ocio.BIT_DEPTH_UINT8, ocio.OPTIMIZATION_DEFAULT)
        )

    def apply(self, rgb: Rgb) -> Rgb8:
        """3 x H x W in, H x W x 3 out."""
        # Four channels: what OpenColorIO works on without copying.
        rgba = cv2.merge([*rgb, np.ones_like(rgb[0])])
        out = np.empty(rgba.shape, np.uint8)
        depth = self._ocio.BIT_DEPTH_F32, self._ocio.BIT_DEPTH_UINT8
        self._processor.apply(_described(self._ocio, rgba, depth[0]), _described(self._ocio, out, depth[1]))
        return np.asarray(cv2.cvtColor(out, cv2.COLOR_RGBA2RGB), np.uint8)


def _described(ocio: Any, picture: NDArray[Any], depth: Any) -> Any:
    height, width, channels = picture.shape
    step = picture.itemsize
    return ocio.PackedImageDesc(
        picture.reshape(-1), width, height, channels, depth, step, step * channels, step * channels * width
    )
