"""Dense motion between two pictures, how far to trust it, and moving planes along it."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.luma import Luma
from engines.types import Plane

Flow = NDArray[np.float32]
"""H x W x 2: a(x) looks like b(x + flow(x)); (dx, dy) in pixels."""

# Up to this many pixels the flow is refined at full size, above at half: a third of the time for 2 dB of repair.
_FULL_DETAIL_UP_TO = 700_000
_SMALLEST = 16
_STILL_SIGMA, _STILL_MARGIN, _STILL_FLOOR = 3.0, 1.05, 1e-4


def flow_between(a: Luma, b: Luma, *, rough: bool = False) -> Flow:
    """Motion from luma picture `a` to `b` (H x W float32, nominal 0..1, equal sizes), deterministic.

    `rough` stops at half the detail, for a quarter of the time.
    """
    if min(a.shape) < _SMALLEST:
        return np.zeros((*a.shape, 2), np.float32)
    low, scale = _contrast(a, b)
    first, second = _eight_bit(a, low, scale), _eight_bit(b, low, scale)
    height, width = first.shape
    fine = height * width <= _FULL_DETAIL_UP_TO
    engine = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM if fine else cv2.DISOPTICAL_FLOW_PRESET_FAST)
    engine.setFinestScale((0 if fine else 1) + int(rough))
    flow: Any = engine.calc(first, second, None)  # type: ignore[call-overload]
    return np.asarray(flow, np.float32)


def steadied(a: Luma, b: Luma, flow: Flow, known: Luma) -> Flow:
    """`flow` from `a` to `b` set to 0 where standing still explains the `known` (0..1) part of the picture as well.

    What stands still needs no resampling, which would cost sharpness and grain.
    """
    still = cv2.GaussianBlur(np.abs(a - b) * known, (0, 0), _STILL_SIGMA)
    moved = cv2.GaussianBlur(np.abs(a - warp(b, flow)) * known, (0, 0), _STILL_SIGMA)
    return np.asarray(np.where((still <= moved * _STILL_MARGIN + _STILL_FLOOR)[..., None], 0.0, flow), np.float32)


def round_trip_error(forward: Flow, backward: Flow) -> Luma:
    """H x W: pixels by which going there and back misses the start; large where content is covered or uncovered."""
    back = np.dstack([warp(np.ascontiguousarray(backward[..., axis]), forward, linear=True) for axis in (0, 1)])
    return np.asarray(np.hypot(*np.moveaxis(forward + back, -1, 0)), np.float32)


def warp(
    plane: Plane,
    flow: Flow,
    *,
    origin: tuple[float, float] = (0.0, 0.0),
    linear: bool = False,
    nearest: bool = False,
) -> Luma:
    """`plane` sampled at x + origin + flow(x): H x W float32 of the flow's size, in the plane's own values.

    `origin` (x, y) is where the flow's first pixel lies in the plane. Lanczos4 keeps grain; `linear` is for
    fields, `nearest` for labels. Samples beyond the plane repeat its edge: see `lands_inside`.
    """
    x, y = _targets(flow, origin)
    method = cv2.INTER_NEAREST if nearest else cv2.INTER_LINEAR if linear else cv2.INTER_LANCZOS4
    source = plane if plane.dtype == np.float32 else plane.astype(np.float32)
    return np.asarray(cv2.remap(source, x, y, method, borderMode=cv2.BORDER_REPLICATE), np.float32)


def lands_inside(flow: Flow, width: int, height: int, origin: tuple[float, float] = (0.0, 0.0)) -> NDArray[np.bool_]:
    """Where x + origin + flow(x) is inside a plane of `width` x `height`."""
    x, y = _targets(flow, origin)
    return np.asarray((x >= 0) & (y >= 0) & (x <= width - 1) & (y <= height - 1))


def flow_for_plane(flow: Flow, step_x: int, step_y: int) -> Flow:
    """The flow of a luma picture on a chroma plane subsampled by the steps, in that plane's pixels; sizes round up."""
    if step_x == 1 and step_y == 1:
        return flow
    height, width = flow.shape[:2]
    padded = np.pad(flow, ((0, -height % step_y), (0, -width % step_x), (0, 0)), mode="edge")
    cells = padded.reshape(padded.shape[0] // step_y, step_y, padded.shape[1] // step_x, step_x, 2)
    return np.asarray(cells.mean(axis=(1, 3)) / np.array([step_x, step_y]), np.float32)


def _targets(flow: Flow, origin: tuple[float, float]) -> tuple[Luma, Luma]:
    height, width = flow.shape[:2]
    x = flow[..., 0] + (np.arange(width, dtype=np.float32) + np.float32(origin[0]))
    y = flow[..., 1] + (np.arange(height, dtype=np.float32) + np.float32(origin[1]))[:, None]
    return x, y


def _contrast(a: Luma, b: Luma) -> tuple[float, float]:
    """Black point and gain that spread both pictures over 8 bits, so that dark or faded film still matches."""
    samples = np.concatenate([a[::4, ::4].ravel(), b[::4, ::4].ravel()])
    low, high = np.percentile(samples, (0.5, 99.5))
    # At most fourfold: beyond that it would be grain that is matched.
    return float(low), 255.0 / max(float(high - low), 0.25)


def _eight_bit(picture: Luma, low: float, scale: float) -> NDArray[np.uint8]:
    spread = np.rint((picture - np.float32(low)) * np.float32(scale))
    return np.asarray(np.clip(spread, 0, 255), np.uint8)
