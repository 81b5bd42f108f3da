"""Float samples that are no numbers, made safe where a stage must compute with them."""

from __future__ import annotations

import numpy as np

from engines.stages.base import Upstream
from engines.types import Frame, Plane

_MOST = 65504.0
"""The largest half float: what infinite light becomes."""
_SENTENCE = "Some samples are no numbers (NaN or infinite); where a stage computes with them they count as 0 or 65504."


def finite(frame: Frame, upstream: Upstream) -> Frame:
    """The frame with NaN as 0 and infinities as the largest half float, said once in a note; else the same frame."""
    if not frame.format.floating or all(np.isfinite(plane).all() for plane in frame.planes):
        return frame
    upstream.note(_SENTENCE)
    return frame.with_planes(tuple(_safe(plane) for plane in frame.planes))


def holdable(frame: Frame) -> Frame:
    """The frame with values that half floats cannot hold at the largest that they can; others as they are."""
    if not (frame.format.floating and frame.format.depth == 16):
        return frame
    return frame.with_planes(tuple(np.clip(plane, -_MOST, _MOST) for plane in frame.planes))


def _safe(plane: Plane) -> Plane:
    return np.nan_to_num(plane.astype(np.float32), nan=0.0, posinf=_MOST, neginf=-_MOST)
