"""Colours outside a set of primaries drawn in smoothly, instead of cut off: hue and neighbours survive."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np

from engines.colour.places import Rgb
from engines.colour.spaces import rgb_to_rgb

_THRESHOLD = 0.8
"""Distance from grey below which nothing changes: what lies there are the colours of most things."""
_POWER = 1.2


@dataclass(frozen=True)
class Compression:
    """The curve of the ACES reference gamut compression (Academy S-2020-002) on distances from grey, by channel.

    limits: the distance in R, G, B of the farthest colour that the source's primaries hold, which lands on 1.
    """

    limits: tuple[float, float, float]

    @classmethod
    @lru_cache(maxsize=32)
    def between(cls, source: str, target: str) -> Compression:
        """For light of primaries `source` expressed in those of `target`. Raises SettingError."""
        corners = [np.array(corner, dtype=float) for corner in product((0, 1), repeat=3) if 0 < sum(corner) < 3]
        seen = np.array([rgb_to_rgb(source, target) @ corner for corner in corners])
        most = seen.max(axis=1, keepdims=True)
        red, green, blue = ((most - seen) / most).max(axis=0).tolist()
        return cls((red, green, blue))

    def __call__(self, light: Rgb) -> Rgb:
        """3 x H x W linear light, negative where a colour lies outside; then nothing within the limits is negative."""
        most = np.maximum(np.maximum(light[0], light[1]), light[2])
        scale = np.maximum(np.abs(most), np.float32(1e-12))
        out = light.copy()
        for channel, limit in zip(out, self.limits, strict=True):
            if limit <= 1.0:
                continue
            # Divided only where it matters: few things are that colourful.
            beyond = most - channel > scale * np.float32(_THRESHOLD)
            if beyond.any():
                bright, size = most[beyond], scale[beyond]
                channel[beyond] = bright - _drawn_in((bright - channel[beyond]) / size, limit) * size
        return out


def _drawn_in(distance: Rgb, limit: float) -> Rgb:
    room = 1.0 - _THRESHOLD
    ratio = (limit - _THRESHOLD) / room
    spread = (limit - _THRESHOLD) / (ratio**_POWER - 1.0) ** (1 / _POWER)
    excess = np.maximum(distance - np.float32(_THRESHOLD), 0) * np.float32(1 / spread)
    bent = excess / (1 + excess ** np.float32(_POWER)) ** np.float32(1 / _POWER)
    return np.asarray(np.float32(_THRESHOLD) + np.float32(spread) * bent, dtype=np.float32)
