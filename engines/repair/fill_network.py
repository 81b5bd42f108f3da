"""Running the fill network over holes of any size and number, each in a window that is steady from frame to frame."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from engines.cancel import CancelToken
from engines.masks import Mask
from engines.nets.fill import FillNet
from engines.repair.align import grown
from engines.repair.spread import Field, spread
from engines.types import Rect

T = TypeVar("T", bound=np.generic)

# The network's context around a hole, in pixels; holes nearer to each other than twice _NEAR share a window.
_MARGIN, _NEAR = 32, 12
# Larger windows are cut into cells of this many pixels, each with its margin, so that a cancel is soon heard.
_CELL = 256
# Deeper than this (pixels from the known) the network has not learnt to see the rim; half the size brings it near.
_DEEP, _WHOLLY = 6.0, 18.0


def continued(
    network: FillNet, picture: Field, hole: Mask, unknown: Mask, origin: tuple[int, int], cancel: CancelToken
) -> Field:
    """`picture` (H x W x 3, nominal Y'CbCr) with `hole` filled by the network; elsewhere as it was.

    unknown: what must not be read besides the hole. origin: (x, y) of the window in its frame: what the network sees
    begins on its own grid counted from the frame's corner, so that windows that grow or move do not change the answer
    for that. Raises Cancelled.
    """
    missing = hole | unknown
    answer = picture.copy()
    for box, place, mine in _places(hole, network.config.grid, origin):
        filled = _filled(network, _cut(picture, box), _cut(missing, box), cancel)
        part = filled[place.y - box.y : place.bottom - box.y, place.x - box.x : place.right - box.x]
        answer[place.y : place.bottom, place.x : place.right][mine] = part[mine]
    return answer


def _filled(network: FillNet, picture: Field, gap: Mask, cancel: CancelToken) -> Field:
    """A whole window with `gap` filled, what lies deep inside from half the size."""
    fine = _answered(network, spread(picture, (~gap).astype(np.float32)), gap, cancel)
    depth = np.asarray(cv2.distanceTransform(gap.astype(np.uint8), cv2.DIST_L2, 3), np.float32)
    if float(depth.max()) <= _DEEP or min(gap.shape) < 4 * network.config.grid:
        return fine
    coarse = _from_half(network, picture, gap, cancel)
    share = np.clip((depth - _DEEP) / (_WHOLLY - _DEEP), 0.0, 1.0).astype(np.float32)[..., None]
    return np.asarray(fine + share * (coarse - fine), np.float32)


def _answered(network: FillNet, smooth: Field, gap: Mask, cancel: CancelToken) -> Field:
    """The network's answer, in parts where the window is large. Sides are multiples of the network's grid."""
    answer = smooth.copy()
    bounds = Rect(0, 0, gap.shape[1], gap.shape[0])
    for top in range(0, bounds.height, _CELL):
        for left in range(0, bounds.width, _CELL):
            cell = Rect(left, top, min(_CELL, bounds.width - left), min(_CELL, bounds.height - top))
            if not gap[cell.y : cell.bottom, cell.x : cell.right].any():
                continue
            cancel.check()
            box = cell.grown(_MARGIN, bounds)
            cut = np.s_[box.y : box.bottom, box.x : box.right]
            seen = torch.from_numpy(smooth[cut].copy()).permute(2, 0, 1)[None]
            hole = torch.from_numpy(gap[cut].astype(np.float32))[None, None]
            with torch.inference_mode():
                part = network(seen, hole)[0].permute(1, 2, 0).numpy()
            inside = part[cell.y - box.y : cell.bottom - box.y, cell.x - box.x : cell.right - box.x]
            answer[cell.y : cell.bottom, cell.x : cell.right] = inside
    return answer


def _from_half(network: FillNet, picture: Field, gap: Mask, cancel: CancelToken) -> Field:
    """The window filled at half its size and enlarged again."""
    known = (~gap).astype(np.float32)
    rows, columns = (-(-side // 2) for side in gap.shape)
    count = cv2.resize(known, (columns, rows), interpolation=cv2.INTER_AREA)
    total = cv2.resize(picture * known[..., None], (columns, rows), interpolation=cv2.INTER_AREA)
    small = np.asarray(total / np.maximum(count, 1e-6)[..., None], np.float32)
    grid = network.config.grid
    spare = ((0, -rows % grid), (0, -columns % grid))
    padded = np.pad(small, (*spare, (0, 0)), mode="symmetric")
    filled = _filled(network, padded, np.pad(count < 0.5, spare, mode="symmetric"), cancel)[:rows, :columns]
    return np.asarray(cv2.resize(filled, gap.shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def _places(hole: Mask, grid: int, origin: tuple[int, int]) -> Iterator[tuple[Rect, Rect, Mask]]:
    """Windows for the network (they may reach beyond the picture), the part of the picture that each answers for, and
    which pixels of that part.
    """
    bounds = Rect(0, 0, hole.shape[1], hole.shape[0])
    count, labels, stats, _ = cv2.connectedComponentsWithStats(grown(hole, _NEAR).astype(np.uint8), connectivity=8)
    boxes = [(Rect(*(int(v) for v in stats[label, :4])), label) for label in range(1, count)]
    if sum((box.width + 2 * _MARGIN) * (box.height + 2 * _MARGIN) for box, _ in boxes) > hole.size:
        # Many windows that overlap cost more than one for all.
        boxes, labels = [(bounds, 1)], np.ones_like(labels)
    for box, label in boxes:
        mine = hole[box.y : box.bottom, box.x : box.right] & (labels[box.y : box.bottom, box.x : box.right] == label)
        yield _outward(box.grown(_MARGIN, bounds), grid, origin), box, mine


def _outward(box: Rect, grid: int, origin: tuple[int, int]) -> Rect:
    """The box from grid line to grid line, counted from the frame's corner."""
    left, top = (start - (start + at) % grid for start, at in zip((box.x, box.y), origin, strict=True))
    right, bottom = (end + -(end + at) % grid for end, at in zip((box.right, box.bottom), origin, strict=True))
    return Rect(left, top, right - left, bottom - top)


def _cut(values: NDArray[T], box: Rect) -> NDArray[T]:
    """The box out of H x W (x C) values, mirrored where it reaches beyond them."""
    height, width = values.shape[:2]
    inside = values[max(box.y, 0) : box.bottom, max(box.x, 0) : box.right]
    beyond = [(max(-box.y, 0), max(box.bottom - height, 0)), (max(-box.x, 0), max(box.right - width, 0))]
    return np.pad(inside, [*beyond, (0, 0)][: values.ndim], mode="symmetric")
