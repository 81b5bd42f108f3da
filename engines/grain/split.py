"""Splits frames into picture and grain: the aligned mean of neighbours, then what rises above the grain left in it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from engines.cancel import CancelToken
from engines.grain.measure import small_flow
from engines.grain.model import GrainModel
from engines.grain.shrink import shrunk
from engines.luma import Luma
from engines.motion import Flow

_WINDOW = 7
# A neighbour counts fully where it differs no more than grain explains, times this, and is gone at the second.
_AGREES, _DIFFERS = 1.25, 2.6


@dataclass(frozen=True, eq=False)
class Pictured:
    """Planes in nominal units (see `engines.grain.planes`) and the luma of the same frame."""

    planes: list[Luma]
    luma: Luma


def grain_of(own: Pictured, neighbours: list[Pictured], model: GrainModel, cancel: CancelToken) -> list[Luma]:
    """What of each plane is grain: plane minus picture, nominal units. Raises Cancelled."""
    brightness = np.asarray(cv2.GaussianBlur(own.luma, (0, 0), 2.0), np.float32)
    sigma = model.sigma_at(0, brightness)
    sums = [plane.copy() for plane in own.planes]
    weights = [np.ones_like(plane) for plane in own.planes]
    squares = [np.ones_like(plane) for plane in own.planes]
    for near in neighbours:
        cancel.check()
        flow, _ = small_flow(own.luma, near.luma)
        moved = _moved(near.luma, flow)
        share = _agreement(own.luma, moved, sigma)
        for index, plane in enumerate(own.planes):
            there = moved if near.planes[index] is near.luma else _moved(near.planes[index], flow)
            weight = share if share.shape == plane.shape else cv2.resize(share, plane.shape[::-1])
            sums[index] += weight * there
            weights[index] += weight
            squares[index] += weight * weight
    answers = []
    for index, plane in enumerate(own.planes):
        cancel.check()
        mean = sums[index] / weights[index]
        under = np.asarray(cv2.resize(brightness, plane.shape[::-1]), np.float32)
        local = sigma if index == 0 else model.sigma_at(index, under)
        left = local * np.sqrt(squares[index]) / weights[index]
        answers.append(plane - shrunk(mean, np.asarray(left, np.float32), model.correlation[index]))
    return answers


def _moved(plane: Luma, flow: Flow) -> Luma:
    """`plane` along a flow of a smaller picture, in that picture's pixels."""
    height, width = plane.shape
    field = np.asarray(cv2.resize(flow, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    field *= np.array((width / flow.shape[1], height / flow.shape[0]), np.float32)
    field[..., 0] += np.arange(width, dtype=np.float32)
    field[..., 1] += np.arange(height, dtype=np.float32)[:, None]
    return np.asarray(
        cv2.remap(plane, field, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE),  # type: ignore[call-overload]
        np.float32,
    )


def _agreement(own: Luma, moved: Luma, sigma: Luma) -> Luma:
    """0..1: how far the difference of two aligned pictures is explained by the grain of both."""
    apart = cv2.boxFilter(np.square(own - moved), -1, (_WINDOW, _WINDOW))
    expected = np.square(sigma) * np.float32(2.0) + np.float32((0.7 / 255.0) ** 2)
    excess = apart / expected
    return np.asarray(np.clip((_DIFFERS - excess) / (_DIFFERS - _AGREES), 0.0, 1.0), np.float32)
