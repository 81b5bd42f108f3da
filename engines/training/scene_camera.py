"""The camera of the demo scene: lays painted sheets and sprites into the picture with pan, zoom and parallax."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.float32]
Sheet = NDArray[np.float32]
"""H x W x 4 float32, colour multiplied by coverage, then coverage."""


@dataclass(frozen=True)
class Camera:
    """Where it looks: pan in picture heights, zoom 1 = the whole height. `scale` is the sheets' pixels per unit."""

    width: int
    height: int
    x: float
    y: float
    zoom: float
    scale: float

    def lay(
        self,
        picture: Rgb,
        sheet: Sheet,
        at: tuple[float, float] = (0.0, 0.0),
        parallax: float = 1.0,
        angle: float = 0.0,
        size: tuple[float, float] = (1.0, 1.0),
        opacity: float = 1.0,
    ) -> None:
        """Blend `sheet` into `picture` (in place), its upper left corner `at`, turned by `angle` (radians) about it.

        `parallax` 0 stands still at infinity, 1 moves with the camera; `size` stretches across and down.
        """
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        linear = turn @ np.diag(size) * self._magnified(parallax) * self.height / self.scale
        offset = np.array(self.project(*at, parallax))
        # From sample centres to sample centres.
        offset = offset + linear @ (0.5, 0.5) - 0.5
        corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * (sheet.shape[1], sheet.shape[0]) @ linear.T + offset
        x0, y0 = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 1, 0)
        x1, y1 = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 2, (self.width, self.height))
        if x1 <= x0 or y1 <= y0:
            return
        move = np.hstack([linear, (offset - (x0, y0))[:, None]])
        placed = cv2.warpAffine(sheet, move, (int(x1 - x0), int(y1 - y0)), flags=cv2.INTER_CUBIC)
        cover = np.clip(placed[..., 3:], 0.0, 1.0) * np.float32(opacity)
        part = picture[y0:y1, x0:x1]
        part *= 1.0 - cover
        part += np.clip(placed[..., :3], 0.0, 1.0) * np.float32(opacity)

    def project(self, x: float, y: float, parallax: float) -> tuple[float, float]:
        """A point in units on a sheet of that parallax, in pixels of the picture."""
        middle = np.array([self.width / self.height / 2, 0.5])
        point = (np.array([x, y]) - parallax * np.array([self.x, self.y]) - middle) * self._magnified(parallax) + middle
        return float(point[0] * self.height), float(point[1] * self.height)

    def _magnified(self, parallax: float) -> float:
        return float(self.zoom**parallax)
