"""The surroundings of a line, straightened, as the network that judges it sees them."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.scratch.moving import Moment
from engines.scratch.trace import Traces

REACH = 12
"""Pixels to either side."""
ROWS = 64
"""Rows of a patch, at most: bands are averaged in pairs."""
CHANNELS = 7
FACTS = 6


def patches(window: Sequence[Moment], traces: Traces) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """K x CHANNELS x up to `ROWS` x (2 REACH + 1), and K x FACTS, float32.

    Channels: mean over the frames, the line held still, less its rows' means; standard deviation over the frames;
    the window's middle frame less its rows' means; where the line is; row means; mean of what is left when the moving
    scene is taken away; share of the frames in which it moved enough. Bright lines and dark ones look alike: dark ones
    are turned over. Everything is in units of the line's own depth. Facts: log depth, log of the
    detail around, share of the height, slope, evidence, how steady its evidence is over the frames.
    """
    bands = traces.paths.shape[1]
    offsets = np.arange(-REACH, REACH + 1, dtype=np.float32)
    rows = np.arange(bands, dtype=np.float32)
    size = (len(traces), bands, len(offsets))
    total, squares = np.zeros(size, np.float32), np.zeros(size, np.float32)
    middle, rest, moved = np.zeros(size, np.float32), np.zeros(size, np.float32), np.zeros(size, np.float32)
    y = np.broadcast_to(rows[None, :, None], size).reshape(len(traces), -1)
    y = np.ascontiguousarray(y, np.float32)
    for number, one in enumerate(window):
        x = traces.paths[..., None] + traces.shifts[:, number, None, None] + offsets
        flat = np.ascontiguousarray(x.reshape(len(traces), -1), np.float32)
        cut = _straightened(one.bands.astype(np.float32), flat, y, size)
        rest += _straightened(one.rest.astype(np.float32) * one.moved, flat, y, size)
        moved += _straightened(one.moved.astype(np.float32), flat, y, size)
        total += cut
        squares += cut**2
        if number == len(window) // 2:
            middle = cut
    mean = total / len(window)
    spread = np.sqrt(np.maximum(squares / len(window) - mean**2, 0.0))
    inside = ((rows >= traces.first[:, None]) & (rows < traces.last[:, None])).astype(np.float32)
    length = np.maximum(inside.sum(1), 1)
    level = mean.mean(2, keepdims=True)
    plain = mean - level
    flanks = 0.5 * (mean[:, :, REACH - 5 : REACH - 2].mean(2) + mean[:, :, REACH + 3 : REACH + 6].mean(2))
    depth = ((mean[:, :, REACH] - flanks) * inside).sum(1) / length * traces.sign
    depth = np.maximum(depth, 0.003)
    detail = np.sqrt(((plain**2).mean(2) * inside).sum(1) / length)
    unit = (traces.sign / depth)[:, None, None]
    channels = np.stack([
        np.clip(plain * unit, -4, 4),
        np.clip(spread * np.abs(unit), 0, 4),
        np.clip((middle - middle.mean(2, keepdims=True)) * unit, -4, 4),
        np.broadcast_to(inside[:, :, None], size),
        np.broadcast_to(level, size),
        np.clip(rest / np.maximum(moved, 1.0) * unit, -4, 4),
        moved / len(window),
    ], 1)  # fmt: skip
    facts = np.stack([
        np.log(depth),
        np.log(detail + 1e-3),
        length / bands,
        (traces.paths[:, -1] - traces.paths[:, 0]) / bands,
        np.log(np.maximum(traces.score, 1.0)),
        traces.strength.min(1) / np.maximum(traces.strength.mean(1), 0.05),
    ], 1)  # fmt: skip
    while channels.shape[2] > ROWS:
        channels = 0.5 * (channels[:, :, 0::2] + channels[:, :, 1::2])
    return channels.astype(np.float32), facts.astype(np.float32)


def _straightened(
    plane: NDArray[np.float32], x: NDArray[np.float32], y: NDArray[np.float32], size: tuple[int, int, int]
) -> NDArray[np.float32]:
    sampled = cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(sampled, np.float32).reshape(size)
