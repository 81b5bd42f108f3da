"""The gamut warning: which pixels leave the nominal range, a target's gamut, or the mastering display's peak."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engines.colour.automatic import transfer_of
from engines.colour.look import parts, strips
from engines.colour.mapped import times
from engines.colour.pq import to_pq
from engines.colour.screen import Screen
from engines.colour.spaces import PRIMARIES, rgb_to_rgb
from engines.colour.transfer import to_light
from engines.types import Frame

Labels = NDArray[np.uint8]
Rgb8 = NDArray[np.uint8]

RANGE, GAMUT, PEAK = 1, 2, 3
"""Below black or above white; a colour that the target cannot show; light above the mastering peak."""
WARNINGS = {"range": RANGE, "gamut": GAMUT, "peak": PEAK}

TOLERANCE = 0.01
"""Of the nominal range (EBU R 103 for luma), and of a colour's largest component: rounding and chroma interpolation."""
# So dark, as coded, that no colour can be told.
_DARK, _DARK_LIGHT = 0.05, 0.001
_PERIOD, _WIDTH = 10, 3
COLOURS = {RANGE: (255, 80, 40), GAMUT: (240, 60, 220), PEAK: (250, 220, 40)}


def beyond(frame: Frame, screen: Screen) -> Labels:
    """H x W: RANGE, GAMUT or PEAK where `screen` says to warn, 0 elsewhere. Its colour says the matrix.

    frame: float32 code values keep what their format would clip.
    """
    transfer = transfer_of(frame.format, frame.colour)
    source = frame.colour.primaries if frame.colour.primaries in PRIMARIES else "unknown"
    matrix = rgb_to_rgb(source, screen.target)
    same = bool(np.abs(matrix - np.eye(3)).max() < 0.05)
    peak = float(to_pq(np.array([screen.rolled_from / 10000.0], np.float32))[0]) if transfer == "smpte2084" else None
    out = np.zeros((frame.height, frame.width), np.uint8)
    part = parts(frame)
    for rows in strips(frame):
        rgb, labels = part(rows), out[rows]
        low, high = rgb.min(axis=0), rgb.max(axis=0)
        if not same:
            there = times(matrix, list(to_light(rgb, transfer)))
            leaves = there.min(axis=0) < -TOLERANCE * there.max(axis=0)
            labels[leaves & (high > (_DARK_LIGHT if transfer == "linear" else _DARK))] = GAMUT
        if peak is not None:
            labels[high > peak + TOLERANCE / 2] = PEAK
        # Light has no upper end.
        over = low < -TOLERANCE if transfer == "linear" else (low < -TOLERANCE) | (high > 1 + TOLERANCE)
        labels[over] = RANGE
    return out


def striped(picture: Rgb8, labels: Labels) -> Rgb8:
    """H x W x 3 display RGB with stripes over what is beyond: rising, falling or crossed, each in its colour."""
    if not labels.any():
        return picture
    out = picture.copy()
    rows, columns = np.ogrid[: labels.shape[0], : labels.shape[1]]
    rising, falling = (rows + columns) % _PERIOD, (rows - columns) % _PERIOD
    for label, stripes in ((RANGE, rising), (GAMUT, falling), (PEAK, np.minimum(rising, falling))):
        where = labels == label
        if where.any():
            out[where & (stripes < _WIDTH)] = COLOURS[label]
            out[where & (stripes == _WIDTH)] = 0
    return out
