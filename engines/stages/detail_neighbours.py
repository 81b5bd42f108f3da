"""What stage `detail` asks of other frames of the shot: their support, and noise that moves with the picture."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from engines.errors import FrameError
from engines.motion import flow_between, warp
from engines.nets.fidelity import SEED_PLANES
from engines.stages.base import Upstream
from engines.stages.detail_frames import encoded_luma
from engines.temporal import support
from engines.types import FrameNo

Picture = NDArray[np.float32]

ANCHOR_EVERY = 8
"""Frames between two noise fields: in between, both are carried along the motion and mixed."""


def neighbourhood(number: FrameNo, reach: int, uncertainty: float, upstream: Upstream) -> Picture:
    """2 x H x W float32: mean of aligned neighbours minus the frame, and its share (see `engines.temporal`).

    uncertainty: standard deviation of one frame's luma, nominal range. Damaged neighbours are passed over.
    """

    def find() -> Picture:
        shot = upstream.shot(number)
        near = range(max(shot.first, number - reach), min(shot.last, number + reach) + 1)
        own = encoded_luma(upstream.frame(number).frame)
        others = (_luma(n, upstream) for n in near if n != number)
        found = support(own, (luma for luma in others if luma is not None), uncertainty)
        return np.stack((found.mean, found.share))

    return upstream.kept(("support", number, reach, round(uncertainty, 6)), find)


def seed_noise(number: FrameNo, seed: int, upstream: Upstream) -> Picture:
    """SEED_PLANES x H x W standard normal noise that sticks to what moves, so that what it invents stays where it is.

    Every ANCHOR_EVERY frames of the shot a fresh field; between two, both move along and mix with constant variance
    (after warped noise: Chang et al., ICLR 2024).
    """

    def make() -> Picture:
        shot = upstream.shot(number)
        before = number - (number - shot.first) % ANCHOR_EVERY
        turn = 0.5 * math.pi * (number - before) / ANCHOR_EVERY
        field = math.cos(turn) * _carried(number, before, before, seed, upstream)
        if number > before:
            after = before + ANCHOR_EVERY
            field = field + math.sin(turn) * _carried(number, min(after, shot.last), after, seed, upstream)
        return np.asarray(field, np.float32)

    return upstream.kept(("noise", number, seed), make)


def _carried(number: FrameNo, seen: FrameNo, anchor: FrameNo, seed: int, upstream: Upstream) -> Picture:
    """The noise field of `anchor`, moved along from frame `seen` to frame `number`."""
    size = upstream.geometry.height, upstream.geometry.width
    field = np.random.default_rng((seed, anchor)).standard_normal((SEED_PLANES, *size), dtype=np.float32)
    there = _luma(seen, upstream) if seen != number else None
    own = _luma(number, upstream)
    if there is None or own is None:
        return field
    flow = flow_between(own, there)
    return np.stack([warp(plane, flow, nearest=True) for plane in field])


def _luma(number: FrameNo, upstream: Upstream) -> Picture | None:
    """A damaged frame is passed over here; whoever wants that frame is told."""
    try:
        return encoded_luma(upstream.frame(number).frame)
    except FrameError:
        return None
