"""A look-up table applied to planes, the same for a region as for the whole."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from engines.colour.cube import Cube
from engines.colour.places import Rgb

_ROW = 1024
"""Pixels that OpenColorIO is given at a time: what its own copy of them may take of a processor's cache, and a whole
number of its vectors, so that every pixel is computed alike."""


_KEPT = 4


@lru_cache(_KEPT)
def cube_map(cube: Cube) -> CubeMap:
    """A table made ready, once while it is in use."""
    return CubeMap(cube)


class CubeMap:
    """Nominal R'G'B' through a `Cube`: tetrahedral in tables, linear in curves. What is not a number counts as 0."""

    def __init__(self, cube: Cube) -> None:
        import PyOpenColorIO as ocio  # noqa: N813

        self._description = ocio.PlanarImageDesc
        self._processor = (
            ocio.Config.CreateRaw().getProcessor(cube.transform()).getOptimizedCPUProcessor(ocio.OPTIMIZATION_LOSSLESS)
        )

    def apply(self, rgb: Rgb) -> Rgb:
        """3 x H x W in, the same out; several threads may ask."""
        _, height, width = rgb.shape
        count = height * width
        rows = -(-count // _ROW)
        held = np.empty((3, rows * _ROW), np.float32)
        held[:, count:] = 0.0
        np.copyto(held[:, :count].reshape(3, height, width), rgb)
        self._processor.apply(self._description(held[0], held[1], held[2], _ROW, rows))
        return held[:, :count].reshape(3, height, width)
