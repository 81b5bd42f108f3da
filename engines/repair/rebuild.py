"""A frame that is destroyed, made anew from the nearest frames before and after it."""

from __future__ import annotations

import cv2
import numpy as np

from engines.cancel import CancelToken
from engines.masks import Mask
from engines.motion import Flow, flow_between, flow_for_plane, round_trip_error, warp
from engines.provenance import Origin
from engines.repair.align import grown
from engines.repair.canvas import Canvas
from engines.repair.cells import any_in, mean_in, picture_planes, steps
from engines.repair.donors import Donors, View
from engines.repair.exposure import matched
from engines.repair.journeys import shrunk
from engines.repair.spread import Field, spread

FARTHEST = 6
"""Frames: how far the nearest sound frame may be, for up to six destroyed ones in a row."""

# From this share of the frame on, what is left says too little of how it moved.
_DESTROYED = 0.6
# Going there and back may miss by so many pixels before a place counts as hidden in one of the frames.
_HIDDEN = 1.5
# Where both sides differ by more than this (nominal luma), a mixture is an estimate and not moved content.
_DIFFERENT = 0.03
_TURNS = 3


def rebuild(canvas: Canvas, current: View, donors: Donors, cancel: CancelToken) -> None:
    """Fill the canvas of a whole frame from the nearest sound frames before and after.

    Motion between those two is followed part of the way, as for steady movement: what is seen from both sides is mixed
    by how near in time they are, what one of them hides comes from the other. Beside a cut or the clip's end the side
    there is goes on as it moved before. TRANSPORTED where one frame gives the content or both agree on it, ESTIMATED
    where a mixture decides. Raises Cancelled.
    """
    sides = [view for sign in (-1, 1) if (view := nearest(donors, sign)) is not None]
    if not sides:
        return
    cancel.check()
    shares, flows = _between(sides[0], sides[1], cancel) if len(sides) == 2 else _alone(sides[0], donors)
    hole, frame = canvas.remaining, current.frame
    known = (~grown(hole, 1)).astype(np.float32)
    for index in picture_planes(frame):
        step = steps(frame, index)
        mixed = np.zeros_like(canvas.planes[index])
        for view, flow, share in zip(sides, flows, shares, strict=True):
            mixed += mean_in(share, step) * warp(view.planes[index], flow_for_plane(flow, *step))
        sound = np.asarray(mean_in(known, step) == 1.0, np.float32)
        fitted = matched(mixed, canvas.planes[index], sound, gain=False)
        canvas.planes[index] = np.where(any_in(hole, step), fitted, canvas.planes[index])
    lumas = [warp(view.luma, flow) for view, flow in zip(sides, flows, strict=True)]
    apart = cv2.GaussianBlur(np.abs(lumas[0] - lumas[-1]), (0, 0), 1.0)
    one = np.max(np.stack(shares), axis=0) > 0.95
    agreed = one | (apart < _DIFFERENT)
    first = shares[0] >= 0.5
    giver = np.where(first, sides[0].offset, sides[-1].offset)
    canvas.labels[hole] = np.where(agreed, Origin.TRANSPORTED, Origin.ESTIMATED)[hole]
    canvas.donor[hole] = np.where(agreed, giver, 0)[hole]
    gap = abs(sides[0].offset) + abs(sides[-1].offset)
    canvas.confidence[hole] = np.clip(np.exp(-apart / 0.05) / np.sqrt(max(gap - 1, 1)), 0.02, 0.9)[hole]
    canvas.left[hole] = np.sum([np.square(share) for share in shares], axis=0)[hole]
    canvas.remaining &= False


def nearest(donors: Donors, sign: int) -> View | None:
    """The nearest frame on a side that is not destroyed itself; None beyond `FARTHEST`, a cut or the clip's end."""
    for distance in range(1, FARTHEST + 1):
        view = donors(sign * distance)
        if view is None:
            return None
        if not destroyed(view.damage):
            return view
    return None


def _alone(view: View, donors: Donors) -> tuple[list[Field], list[Flow]]:
    """One side: it goes on moving as it did from the frame beyond it, or stands still where there is none."""
    height, width = view.frame.height, view.frame.width
    shares = [np.ones((height, width), np.float32)]
    beyond = donors(view.offset + (1 if view.offset > 0 else -1))
    if beyond is None or destroyed(beyond.damage):
        return shares, [np.zeros((height, width, 2), np.float32)]
    near, far = shrunk(view), shrunk(beyond)
    there, back = flow_between(near.luma, far.luma), flow_between(far.luma, near.luma)
    return shares, [_full_size(_partway(there, back, -abs(view.offset))[0], width, height)]


def _between(before: View, after: View, cancel: CancelToken) -> tuple[list[Field], list[Flow]]:
    """Share of each side per pixel, and motion from the missing frame to each, at full size."""
    first, second = shrunk(before), shrunk(after)
    forward, backward = flow_between(first.luma, second.luma), flow_between(second.luma, first.luma)
    cancel.check()
    part = -before.offset / (after.offset - before.offset)
    to_first, hidden_first = _partway(forward, backward, part)
    to_second, hidden_second = _partway(backward, forward, 1.0 - part)
    height, width = before.frame.height, before.frame.width
    flows = [_full_size(flow, width, height) for flow in (to_first, to_second)]
    weights = []
    # What cannot be followed from one side to the other is seen by the side that shows it.
    for view, flow, hidden, share in zip(
        (before, after), flows, (hidden_second, hidden_first), (1.0 - part, part), strict=True
    ):
        seen = np.asarray(cv2.resize(1.0 - hidden, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
        sound = warp(view.spoiled.astype(np.float32), flow, linear=True) == 0
        weights.append((share * np.maximum(seen, 1e-3) * np.where(sound, 1.0, 1e-4)).astype(np.float32))
    total = weights[0] + weights[1]
    return [np.asarray(weight / total, np.float32) for weight in weights], flows


def _full_size(flow: Flow, width: int, height: int) -> Flow:
    scale = np.array([width / flow.shape[1], height / flow.shape[0]], np.float32)
    return np.asarray(cv2.resize(flow, (width, height), interpolation=cv2.INTER_LINEAR) * scale, np.float32)


def _partway(there: Flow, back: Flow, part: float) -> tuple[Flow, Field]:
    """Motion from a moment `part` of the way back to the start of `there`, and 1 where that place cannot be followed.

    Solved by substitution: what is at x came from x + f(x), where f(x) = -part * there(x + f(x)).
    """
    error = round_trip_error(there, back)
    sure = np.exp(-np.square(error / _HIDDEN)).astype(np.float32)
    smooth = spread(there, sure)
    flow = -part * smooth
    for _ in range(_TURNS):
        flow = -part * _field_at(smooth, flow)
    hidden = 1.0 - warp(sure, flow, linear=True)
    return np.asarray(flow, np.float32), np.asarray(np.clip(hidden, 0.0, 1.0), np.float32)


def _field_at(field: Flow, flow: Flow) -> Flow:
    return np.dstack([warp(np.ascontiguousarray(field[..., axis]), flow, linear=True) for axis in (0, 1)])


def destroyed(damage: Mask) -> bool:
    """Whether a frame is rebuilt rather than repaired."""
    return float(damage.mean()) >= _DESTROYED
