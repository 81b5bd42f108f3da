"""A mask that follows the motion of what it lies on, from one frame to others. Knows no Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np

from app.mask_plane import Coverage, MaskPlane
from engines.cancel import CancelToken
from engines.luma import Luma, luma_of
from engines.media.source import Source
from engines.motion import Flow, flow_between, warp
from engines.types import FrameNo

_LARGEST = 960
"""Longest side of the pictures that motion is measured on."""


def followed(
    source: Source,
    plane: MaskPlane,
    start: FrameNo,
    to: range,
    cancel: CancelToken,
    told: Callable[[int, int], None],
) -> dict[FrameNo, MaskPlane]:
    """The mask of `start` on every frame of `to` (which begins beside `start`), moved along with the picture.

    Motion is added up from frame to frame and the painted mask moved once, so that its edge does not soften.
    Raises Cancelled, MediaError.
    """
    painted, planes = plane.coverage(), {}
    for done, (number, flow) in enumerate(_flows(source, start, to, cancel), 1):
        moved = MaskPlane.of(_moved(painted, flow))
        if not moved.empty:
            planes[number] = moved
        told(done, len(to))
    return planes


def _flows(source: Source, start: FrameNo, to: range, cancel: CancelToken) -> Iterator[tuple[FrameNo, Flow]]:
    """Frame by frame, the motion from it back to `start`, at the reduced size."""
    before = _reduced(luma_of(source.read(start)))
    total = np.zeros((*before.shape, 2), np.float32)
    for number in to:
        cancel.check()
        here = _reduced(luma_of(source.read(number)))
        step = flow_between(here, before)
        total = step + np.dstack([warp(np.ascontiguousarray(total[..., axis]), step, linear=True) for axis in (0, 1)])
        yield number, total
        before = here


def _reduced(luma: Luma) -> Luma:
    height, width = luma.shape
    factor = _LARGEST / max(height, width)
    if factor >= 1:
        return luma
    size = (max(round(width * factor), 1), max(round(height * factor), 1))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.float32)


def _moved(painted: Coverage, flow: Flow) -> Coverage:
    height, width = painted.shape
    full = flow
    if flow.shape[:2] != painted.shape:
        ratio = np.array([width / flow.shape[1], height / flow.shape[0]], np.float32)
        full = np.asarray(cv2.resize(flow, (width, height), interpolation=cv2.INTER_LINEAR), np.float32) * ratio
    return np.asarray(np.clip(np.rint(warp(painted, full, linear=True)), 0, 255), np.uint8)
