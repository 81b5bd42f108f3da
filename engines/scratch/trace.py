"""Candidates followed closely: a bend along the height, where they begin and end, where they are in every frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.scratch.evidence import SCALE
from engines.scratch.moving import Moment
from engines.scratch.search import Candidate, drifted

Array = NDArray[np.float32]

_NEAR = 3
_WANDER = 2
_ROUNDS = 2
_ALONG = 5
_NOTHING, _KEEP = 0.08, 0.2


@dataclass(frozen=True, eq=False)
class Traces:
    """K candidates over B bands and N frames of a window.

    paths: K x B, x at the middle of the window. first, last: K, the bands it covers (last exclusive).
    shifts: K x N, pixels that its path is shifted by in every frame. strength: K x N, mean evidence along it there.
    kernel: K, index. sign: K, 1 bright, -1 dark. score: K, as found.
    """

    paths: Array
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    shifts: Array
    strength: Array
    kernel: NDArray[np.int32]
    sign: Array
    score: Array

    def __len__(self) -> int:
        return len(self.sign)


def traced(window: Sequence[Moment], found: Sequence[Candidate]) -> Traces:
    """`found` (at least one) followed through the window."""
    bands = window[0].cells.shape[1]
    offsets = np.arange(len(window)) - (len(window) - 1) / 2
    rows = np.arange(bands, dtype=np.float32)
    paths = np.stack([one.x + one.slope * rows for one in found]).astype(np.float32)
    means: dict[tuple[int, float], Array] = {}
    for one in found:
        key = (one.kernel, one.drift)
        if key not in means:
            total = drifted(window, one.kernel, np.rint(one.drift * offsets).astype(int))
            means[key] = total.astype(np.float32) * np.float32(1 / (SCALE * len(window)))
    near = np.stack([
        _beside(means[one.kernel, one.drift], path, _NEAR + _ROUNDS * _NEAR) * np.float32(one.sign)
        for one, path in zip(found, paths, strict=True)
    ])  # fmt: skip
    first = np.array([one.first for one in found], np.int32)
    last = np.array([one.last for one in found], np.int32)
    bends = np.zeros_like(paths)
    for turn in range(_ROUNDS):
        bends = _followed(near, bends, first, last, degree=turn + 1)
        first, last = _extent(_along(near, bends), first, last)
    paths = paths + bends
    sign = np.array([one.sign for one in found], np.float32)
    kernel = np.array([one.kernel for one in found], np.int32)
    drifts = np.array([one.drift for one in found], np.float32)
    shifts, strength = _through(window, paths, first, last, kernel, sign, drifts, offsets.astype(np.float32))
    score = np.array([one.score for one in found], np.float32)
    return Traces(paths, first, last, shifts, strength, kernel, sign, score)


def _beside(cells: Array, path: Array, reach: int) -> Array:
    """Cells within `reach` px of a path: B x (2 reach + 1)."""
    x = (path[:, None] + np.arange(-reach, reach + 1, dtype=np.float32)).astype(np.float32)
    y = np.broadcast_to(np.arange(len(path), dtype=np.float32)[:, None], x.shape)
    return np.asarray(cv2.remap(cells, x, np.ascontiguousarray(y), cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT))


def _followed(near: Array, bends: Array, first: NDArray[np.int32], last: NDArray[np.int32], degree: int) -> Array:
    """Bends (K x B, px off the first path) fitted to where the evidence lies near the present ones."""
    bands, reach = near.shape[1], near.shape[2] // 2
    offsets = np.arange(-reach, reach + 1, dtype=np.float32)
    close = np.abs(offsets - bends[..., None]) <= _NEAR - 0.5 * (degree - 1)
    weights = np.clip(near, 0.0, None) ** 2 * close
    rows = np.arange(bands)
    inside = (rows >= first[:, None]) & (rows < last[:, None])
    mass = weights.sum(2) * inside + 1e-6
    centre = np.where(mass > 1e-5, (weights * offsets).sum(2) * inside / mass, bends)
    basis = np.stack([((rows - bands / 2) / bands) ** power for power in range(degree + 1)], 1)
    normal = np.einsum("kb,bi,bj->kij", mass, basis, basis) + 1e-4 * np.eye(degree + 1)
    target = np.einsum("kb,bi->ki", mass * (centre - bends), basis)
    fitted = np.linalg.solve(normal, target[..., None])[..., 0] @ basis.T
    return np.asarray(np.clip(bends + fitted, -reach + 1, reach - 1), np.float32)


def _along(near: Array, bends: Array) -> Array:
    """Evidence along the bends, smoothed over a few bands: K x B."""
    reach = near.shape[2] // 2
    at = np.clip(bends + reach, 0, 2 * reach - 1e-3)
    left = at.astype(int)
    pair = np.take_along_axis(near, left[..., None] + np.arange(2), 2)
    taken = pair[..., 0] + (at - left) * (pair[..., 1] - pair[..., 0])
    return np.asarray(cv2.blur(taken.astype(np.float32), (_ALONG, 1), borderType=cv2.BORDER_REPLICATE), np.float32)


def _extent(along: Array, first: NDArray[np.int32], last: NDArray[np.int32]) -> tuple[NDArray[np.int32], ...]:
    """The stretch whose evidence exceeds a share of the core's by most (largest sum of a run): first, last by K."""
    bands = along.shape[1]
    rows = np.arange(bands)
    inside = (rows >= first[:, None]) & (rows < last[:, None])
    core = (along * inside).sum(1) / np.maximum(inside.sum(1), 1)
    gain = along - (np.float32(_NOTHING) + np.float32(_KEEP) * np.maximum(core, 0.0))[:, None]
    best = np.full(len(along), -np.inf, np.float32)
    running, start = np.zeros(len(along), np.float32), np.zeros(len(along), np.int32)
    found_first, found_last = first.copy(), last.copy()
    for band in range(bands):
        fresh = running <= 0
        running = np.where(fresh, 0.0, running) + gain[:, band]
        start = np.where(fresh, band, start)
        better = running > best
        best = np.where(better, running, best)
        found_first, found_last = np.where(better, start, found_first), np.where(better, band + 1, found_last)
    return found_first.astype(np.int32), found_last.astype(np.int32)


def _through(
    window: Sequence[Moment],
    paths: Array,
    first: NDArray[np.int32],
    last: NDArray[np.int32],
    kernel: NDArray[np.int32],
    sign: Array,
    drifts: Array,
    offsets: Array,
) -> tuple[Array, Array]:
    """Shifts and strengths, K x N."""
    bands = paths.shape[1]
    rows = np.arange(bands)
    inside = ((rows >= first[:, None]) & (rows < last[:, None])).astype(np.float32)
    lengths = np.maximum(inside.sum(1), 1)
    tried = np.arange(-_WANDER, _WANDER + 0.25, 0.5, dtype=np.float32)
    shifts = np.zeros((len(paths), len(window)), np.float32)
    strength = np.zeros_like(shifts)
    for number, one in enumerate(window):
        for index in np.unique(kernel):
            of = np.nonzero(kernel == index)[0]
            expected = drifts[of] * offsets[number]
            x = paths[of][:, None, :] + expected[:, None, None] + tried[None, :, None]
            y = np.broadcast_to(rows.astype(np.float32), x.shape)
            cells = one.cells[index].astype(np.float32)
            flat = (len(of), -1)
            values = cv2.remap(cells, x.reshape(flat), np.ascontiguousarray(y.reshape(flat)), cv2.INTER_LINEAR)
            means = (values.reshape(x.shape) * inside[of][:, None, :]).sum(2) / lengths[of][:, None] / SCALE
            means = means * sign[of][:, None]
            # Of equally good places the nearest: noise must not make a line wander.
            chosen = (means - 0.02 * np.abs(tried)).argmax(1)
            shifts[of, number] = expected + tried[chosen]
            strength[of, number] = np.take_along_axis(means, chosen[:, None], 1)[:, 0]
    return shifts, strength
