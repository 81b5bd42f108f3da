"""Lines against a scene that moves: what a frame has less what the scene, moved along, had a little before or after.

A scratch stays where it is on the film while the picture moves under it, so it survives the difference; posts, windows
and texture do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.scratch.evidence import COARSE, Evidence, in_steps
from engines.scratch.profile import Kernel, Plane, profile

_APART = 8
"""Frames between a frame and the one that it is compared with."""
_ACROSS = 320
_MOVED = 2.5
"""Pixels: what moved less does not get clear of a line."""
_CALMER = 0.85


@dataclass(frozen=True, eq=False)
class Moment:
    """A frame of a window.

    bands: B x W, nominal luma. rest: the same less the moved scene. moved: B x W, 1 where the scene moved far enough
    sideways to tell, 0 elsewhere. cells: kernels x B x W, evidence in whole steps: of the rest where the scene moved
    and is calmer there, else of the frame itself.
    """

    bands: NDArray[np.float16]
    rest: NDArray[np.float16]
    moved: NDArray[np.uint8]
    cells: NDArray[np.int8]


def moments(window: Sequence[Evidence], kernels: Sequence[Kernel]) -> list[Moment]:
    """Every frame of the window compared with one of the window's other frames, where there are enough."""
    apart = min(_APART, len(window) // 2)
    if apart == 0:
        return [_alone(one) for one in window]
    bands = [one.bands.astype(np.float32) for one in window]
    small = [_small(one) for one in bands]
    found = []
    for number, one in enumerate(window):
        other = number + apart if number < len(window) // 2 else number - apart
        found.append(_compared(one, bands[number], bands[other], small[number], small[other], kernels))
    return found


def _alone(one: Evidence) -> Moment:
    return Moment(one.bands, np.zeros_like(one.bands), np.zeros(one.bands.shape, np.uint8), one.cells)


def _small(bands: Plane) -> NDArray[np.uint8]:
    """Eight bits, at most 320 across, contrast spread so that dark film matches, too."""
    height, width = bands.shape
    shrunk = cv2.resize(bands, (min(width, _ACROSS), height), interpolation=cv2.INTER_AREA)
    return np.asarray(np.clip(np.sqrt(np.clip(shrunk, 0.0, None)) * 255.0, 0, 255), np.uint8)


def _compared(
    one: Evidence,
    bands: Plane,
    other: Plane,
    small: NDArray[np.uint8],
    small_other: NDArray[np.uint8],
    kernels: Sequence[Kernel],
) -> Moment:
    height, width = bands.shape
    if min(small.shape) < 16:
        return _alone(one)
    engine = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
    engine.setFinestScale(0)
    flow = np.asarray(engine.calc(small, small_other, None), np.float32)  # type: ignore[call-overload]
    wide = np.asarray(cv2.resize(flow, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    across = wide[..., 0] * np.float32(width / small.shape[1])
    x = across + np.arange(width, dtype=np.float32)
    y = wide[..., 1] + np.arange(height, dtype=np.float32)[:, None]
    there = cv2.remap(other, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    rest = np.asarray(bands - there, np.float32)
    moved = (np.abs(across) >= _MOVED) & (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    if not moved.any():
        return Moment(one.bands, rest.astype(np.float16), moved.view(np.uint8), one.cells)
    cells = one.cells.copy()
    for index, kernel in enumerate(kernels):
        against = profile(rest, kernel)
        calmer = (against.usual[COARSE] < np.float32(_CALMER) * one.usual[index]).view(np.uint8)
        better = moved & (cv2.resize(calmer, (width, height), interpolation=cv2.INTER_NEAREST) > 0)
        np.copyto(cells[index], in_steps(against.evidence), where=better)
    return Moment(one.bands, rest.astype(np.float16), moved.view(np.uint8), cells)
