"""Fading that differs over the frame: towards edges where air comes in, in vinegar patches, away from the middle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LEAST = 0.1


@dataclass(frozen=True)
class Patch:
    """A soft spot that faded more (or less): centre and radius as shares of the picture's width and height."""

    x: float
    y: float
    radius: float
    strength: float
    moves: float = 0.0
    """How far it wanders sideways within a reel."""


@dataclass(frozen=True)
class Uneven:
    """Strengths are shares of the fade's extent; all 0 and no patches: even.

    slope: from one side to the other, along `angle` (radians). left, right: towards these edges, over `reach` of the
    width. radial: more at the corners than in the middle.
    """

    slope: float = 0.0
    angle: float = 0.0
    left: float = 0.0
    right: float = 0.0
    reach: float = 0.2
    radial: float = 0.0
    patches: tuple[Patch, ...] = ()

    def field(self, width: int, height: int, time: float) -> NDArray[np.float32]:
        """H x W: what the extent of the fade is multiplied with, at least 0.1; time: place in the reel, 0..1."""
        x = ((np.arange(width, dtype=np.float32) + 0.5) / width)[None]
        y = ((np.arange(height, dtype=np.float32) + 0.5) / height)[:, None]
        field = 1.0 + self.slope * (np.cos(self.angle) * (x - 0.5) + np.sin(self.angle) * (y - 0.5))
        field = field + self.left * np.exp(-x / self.reach) + self.right * np.exp((x - 1.0) / self.reach)
        field = field + self.radial * (2.0 * (np.square(x - 0.5) + np.square(y - 0.5)) - 0.3)
        for patch in self.patches:
            away = np.square(x - patch.x - patch.moves * time) + np.square(y - patch.y)
            field = field + patch.strength * np.exp(-0.5 * away / patch.radius**2)
        return np.asarray(np.maximum(field, _LEAST), dtype=np.float32)


EVEN = Uneven()
