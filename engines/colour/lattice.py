"""Transforms of OpenColorIO applied to planes with 8-bit answers, and colours baked into a table that is one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.colour.places import Rgb

Rgb8 = NDArray[np.uint8]
Values = NDArray[np.float32]

SIZE = 65
"""Nodes of a baked table along each axis; between them, tetrahedral interpolation."""


class Shown:
    """Nominal R'G'B' through a transform to 8 bit. Several threads may ask."""

    def __init__(self, transform: Any) -> None:
        """transform: of PyOpenColorIO, complete in itself. Raises its Exception."""
        import PyOpenColorIO as ocio  # noqa: N813

        self._ocio = ocio
        self._processor = (
            ocio.Config.CreateRaw()
            .getProcessor(transform)
            .getOptimizedCPUProcessor(ocio.BIT_DEPTH_F32, ocio.BIT_DEPTH_UINT8, ocio.OPTIMIZATION_DEFAULT)
        )

    def apply(self, rgb: Rgb) -> Rgb8:
        """3 x H x W in, H x W x 3 out."""
        # Four channels: what OpenColorIO works on without copying.
        rgba = cv2.merge([*rgb, np.ones_like(rgb[0])])
        out = np.empty(rgba.shape, np.uint8)
        depths = self._ocio.BIT_DEPTH_F32, self._ocio.BIT_DEPTH_UINT8
        self._processor.apply(self._described(rgba, depths[0]), self._described(out, depths[1]))
        return np.asarray(cv2.cvtColor(out, cv2.COLOR_RGBA2RGB), np.uint8)

    def _described(self, picture: NDArray[Any], depth: Any) -> Any:
        height, width, channels = picture.shape
        step = picture.itemsize
        return self._ocio.PackedImageDesc(
            picture.reshape(-1), width, height, channels, depth, step, step * channels, step * channels * width
        )


def lattice_points(size: int = SIZE) -> Values:
    """size^3 x 3, each over 0..1; blue changes fastest."""
    steps = np.linspace(0.0, 1.0, size, dtype=np.float32)
    return np.stack([axis.ravel() for axis in np.meshgrid(steps, steps, steps, indexing="ij")], axis=1)


def lattice(answers: Values) -> Any:
    """A table as a transform. answers: size^3 x 3, what the points of `lattice_points` become."""
    import PyOpenColorIO as ocio  # noqa: N813

    table = ocio.Lut3DTransform(round(len(answers) ** (1 / 3)))
    table.setInterpolation(ocio.INTERP_TETRAHEDRAL)
    table.setData(np.ascontiguousarray(answers, np.float32).ravel())
    return table


def half_curve(of: Callable[[Values], Values]) -> Any:
    """One curve for all channels as a transform, for light without bounds: `of` every half float; NaN counts as 0."""
    import PyOpenColorIO as ocio  # noqa: N813

    most = float(np.finfo(np.float16).max)
    numbers = np.arange(65536, dtype=np.uint16).view(np.float16).astype(np.float32)
    curve = ocio.Lut1DTransform(len(numbers), True)
    curve.setData(np.repeat(np.asarray(of(np.nan_to_num(numbers, nan=0.0, posinf=most, neginf=-most)), np.float32), 3))
    return curve


def in_turn(*transforms: Any) -> Any:
    """One after the other."""
    import PyOpenColorIO as ocio  # noqa: N813

    group = ocio.GroupTransform()
    for transform in transforms:
        group.appendTransform(transform)
    return group
