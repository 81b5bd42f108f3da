"""What a vectorscope is read against: where colour bars fall, how far codes reach, BT.709's gamut in a wider one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.colour.scale import Scale
from engines.colour.spaces import PRIMARIES, rgb_to_rgb
from engines.colour.transfer import from_light, to_light
from engines.luma import luma_weights
from engines.types import ColourSpec

Point = tuple[float, float]
"""Cb and Cr in percent of the nominal range, -100..100."""

_BARS = {"R": (1, 0, 0), "Yl": (1, 1, 0), "G": (0, 1, 0), "Cy": (0, 1, 1), "B": (0, 0, 1), "Mg": (1, 0, 1)}
_BAR_PERCENT = 0.75
_REFERENCE = 203.0
_STEPS = 12
_NEAR = 0.05


@dataclass(frozen=True)
class Targets:
    """level: of the bars, in words. boxes: where they fall, by name. outline: of full codes. inner: of BT.709."""

    level: str
    boxes: tuple[tuple[str, Point], ...]
    outline: tuple[Point, ...]
    inner: tuple[Point, ...] = ()


def targets(scale: Scale, colour: ColourSpec, width: int, height: int) -> Targets:
    """For pictures of such a scale, colour and size.

    Bars of 75 % for SDR and HLG, of 203 cd/m2 for PQ, as ITU-R BT.2111 has them. inner: what BT.709 can show at the
    level of the outline, or of the bars for PQ; empty where the picture's own gamut is not wider.
    """
    weights = luma_weights(colour, width, height)
    bar = scale.coded(_REFERENCE) if scale.name == "pq" else _BAR_PERCENT
    corners = np.array(list(_BARS.values()), np.float32).T
    boxes = tuple(zip(_BARS, _points(corners * np.float32(bar), weights), strict=True))
    level = "203 cd/m²" if scale.name == "pq" else "75 %"
    ring = np.concatenate([corners, corners[:, :1]], axis=1)
    matrix = rgb_to_rgb("bt709", colour.primaries if colour.primaries in PRIMARIES else "unknown")
    if np.abs(matrix - np.eye(3)).max() < _NEAR:
        return Targets(level, boxes, _points(ring, weights))
    transfer = {"pq": "smpte2084", "hlg": "arib-std-b67"}.get(scale.name, "bt709")
    full = to_light(np.array([bar if scale.name == "pq" else 1.0], np.float32), transfer)[0]
    along = np.concatenate(
        [np.linspace(a, b, _STEPS, endpoint=False) for a, b in zip(ring.T, ring.T[1:], strict=False)]
    )
    light = matrix @ to_light(np.concatenate([along, along[:1]]).T.astype(np.float32), "bt709") * full
    return Targets(level, boxes, _points(ring, weights), _points(from_light(np.asarray(light), transfer), weights))


def _points(rgb: NDArray[np.float32], weights: tuple[float, float, float]) -> tuple[Point, ...]:
    kr, _, kb = weights
    luma = np.asarray(weights) @ rgb
    cb, cr = (rgb[2] - luma) / (1 - kb) * 100.0, (rgb[0] - luma) / (1 - kr) * 100.0
    return tuple((float(x), float(y)) for x, y in zip(cb, cr, strict=True))
