"""What repair is compared with: OpenCV's Telea on each plane, and a motion-compensated temporal median on luma."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from engines.luma import Luma, codes_of, luma_of
from engines.masks import Mask
from engines.motion import flow_between, warp
from engines.repair.cells import any_in, picture_planes, steps
from engines.types import Frame, Plane

_RADIUS = 5.0


def telea(frame: Frame, mask: Mask) -> Frame:
    """8-bit planes with `mask` (H x W, luma) filled from around it (Telea 2004, radius 5)."""
    planes: list[Plane] = list(frame.planes)
    for index in picture_planes(frame):
        place = any_in(mask, steps(frame, index)).astype(np.uint8)
        planes[index] = np.asarray(cv2.inpaint(frame.planes[index], place, _RADIUS, cv2.INPAINT_TELEA), np.uint8)
    return frame.with_planes(tuple(planes))


def temporal_median(frames: Mapping[int, Frame], masks: Mapping[int, Mask], number: int, reach: int) -> Frame:
    """Frame `number` (8-bit) with luma inside its mask set to the median of its neighbours up to `reach` frames away,
    moved along dense flow (found on pictures with Telea in place of damage), the damage in them left out.

    Where no neighbour is sound Telea's own answer stays.
    """
    filled = {n: luma_of(telea(frames[n], masks[n])) for n in range(number - reach, number + reach + 1) if n in frames}
    here = filled.pop(number)
    stack: list[Luma] = []
    for n, picture in filled.items():
        flow = flow_between(here, picture)
        sound = warp(masks[n].astype(np.float32), flow, linear=True) == 0
        stack.append(np.where(sound, warp(picture, flow), np.nan).astype(np.float32))
    held = np.stack(stack)
    nothing = np.isnan(held).all(axis=0)
    held[:, nothing] = here[nothing]
    frame, place = frames[number], masks[number]
    luma = frame.planes[0].copy()
    codes = codes_of(np.asarray(np.nanmedian(held, axis=0), np.float32), frame)
    luma[place] = np.clip(np.rint(codes), 0, 255).astype(np.uint8)[place]
    return frame.with_planes((luma, *frame.planes[1:]))
