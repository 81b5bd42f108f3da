"""What is known about a region of a restored picture when its risk is asked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Evidence:
    """One region of source and answers, grown by `features.REACH` wherever the picture goes on.

    The region begins on whole source pixels. All pictures are nominal luma, 0..1, float32.
    """

    source: Picture
    """What the networks were given, h x w."""
    faithful: Picture
    """F's answer, (scale * h) x (scale * w)."""
    perceptual: Picture | None
    """P's answer for one seed, same size as `faithful`; None where only F was asked."""
    scale: int
    noise: float = 0.0
    """Standard deviation of the noise that the networks were told, fraction of the nominal range (0..0.2)."""
    step: float = 0.0
    """Quantiser step that the networks were told, 8-bit code values (0..127)."""
    log_variance: Picture | None = None
    """Natural logarithm of the squared error that F expects of itself, same size as `faithful`; None: it says none."""
    second: Picture | None = None
    """P's answer for another seed; None: only one was computed."""

    def __post_init__(self) -> None:
        height, width = self.source.shape
        wanted = (height * self.scale, width * self.scale)
        for name in ("faithful", "perceptual", "log_variance", "second"):
            picture = getattr(self, name)
            if picture is not None and picture.shape != wanted:
                raise ValueError(f"{name} is {picture.shape}, but {self.scale} times the source is {wanted}")
