"""Many small square pieces of a picture at once: cut, moved each by its own shift, matched each with another frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.repair.spread import Field
from engines.types import Plane

Shifts = NDArray[np.float32]
"""N x 2, (dx, dy) in luma pixels."""

_ROUNDS = 3
_LONGEST_STEP = 2.0
# Damps steps where a piece has no structure to hold on to.
_DAMPING = 2e-4
# Nearer than this to whole pixels nothing is resampled.
_SNAP = 0.06
_STILL_MARGIN, _STILL_FLOOR = 1.05, 1e-4


@dataclass(frozen=True, eq=False)
class Tiles:
    """N squares of `side` luma pixels whose corners (x, y: N, int) lie on the chroma grid, inside the picture."""

    x: NDArray[np.int32]
    y: NDArray[np.int32]
    side: int

    def __len__(self) -> int:
        return len(self.x)

    def part(self, chosen: slice | NDArray[Any]) -> Tiles:
        """Some of them."""
        return Tiles(self.x[chosen], self.y[chosen], self.side)

    def grid(self, step: tuple[int, int]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Rows (N x h x 1) and columns (N x 1 x w) of the samples of a plane subsampled by `step`."""
        rows = (self.y // step[1])[:, None, None] + np.arange(self.side // step[1], dtype=np.int32)[None, :, None]
        columns = (self.x // step[0])[:, None, None] + np.arange(self.side // step[0], dtype=np.int32)[None, None, :]
        return rows, columns

    def cut(self, plane: Plane, step: tuple[int, int] = (1, 1)) -> NDArray[Any]:
        """N x h x w samples of `plane`, in its own type."""
        rows, columns = self.grid(step)
        return np.asarray(plane[rows, columns])

    def moved(self, plane: Field, shifts: Shifts, step: tuple[int, int] = (1, 1), *, linear: bool = False) -> Field:
        """N x h x w samples of `plane` (float32) at the tiles' places plus `shifts`; edges repeat."""
        rows, columns = self.grid(step)
        down = rows + (shifts[:, 1] / step[1])[:, None, None]
        across = columns + (shifts[:, 0] / step[0])[:, None, None]
        shape = (len(self), self.side // step[1], self.side // step[0])
        x, y = (np.broadcast_to(g, shape).reshape(-1, shape[2]).astype(np.float32) for g in (across, down))
        method = cv2.INTER_LINEAR if linear else cv2.INTER_LANCZOS4
        return np.asarray(cv2.remap(plane, x, y, method, borderMode=cv2.BORDER_REPLICATE), np.float32).reshape(shape)


def around(
    x: NDArray[np.int32], y: NDArray[np.int32], side: int, width: int, height: int, step: tuple[int, int]
) -> Tiles:
    """Tiles around centres (N), pushed inside a picture of at least `side` each way; the steps divide `side`."""
    left = np.clip(x - side // 2, 0, width - side) // step[0] * step[0]
    top = np.clip(y - side // 2, 0, height - side) // step[1] * step[1]
    return Tiles(left.astype(np.int32), top.astype(np.int32), side)


def settled(current: Field, weight: Field, luma: Field, tiles: Tiles, shifts: Shifts) -> tuple[Shifts, Field]:
    """Shifts near `shifts` by which tiles of `luma` look like `current` (N x s x s, nominal) where `weight` says.

    Levels may differ by an offset. Also N: the mean absolute difference that is left. Gauss-Newton (Lucas and Kanade
    1981) per tile; a tile that standing still explains as well stands still, so that its grain is not resampled.
    """
    total = np.maximum(weight.sum(axis=(1, 2)), 1.0)
    best, misfit = shifts.copy(), np.full(len(tiles), np.inf, np.float32)
    trial = shifts.copy()
    for turn in range(_ROUNDS):
        there = tiles.moved(luma, trial, linear=True)
        rest, left = _rest(current, there, weight, total)
        better = left < misfit
        best[better], misfit[better] = trial[better], left[better]
        if turn == _ROUNDS - 1:
            break
        trial = best + _step(there, rest, weight, total)
    whole = np.rint(best)
    near = np.abs(best - whole).max(axis=1) < _SNAP
    best[near] = whole[near]
    still, left = np.zeros_like(best), _rest(current, tiles.cut(luma), weight, total)[1]
    stays = left <= misfit * _STILL_MARGIN + _STILL_FLOOR
    return np.where(stays[:, None], still, best), np.where(stays, left, misfit).astype(np.float32)


def _rest(current: Field, there: Field, weight: Field, total: Field) -> tuple[Field, Field]:
    """What is left besides an offset (N x s x s), and its mean size (N)."""
    rest = current - there
    rest -= ((rest * weight).sum(axis=(1, 2)) / total)[:, None, None]
    return rest, np.asarray((np.abs(rest) * weight).sum(axis=(1, 2)) / total, np.float32)


def _step(there: Field, rest: Field, weight: Field, total: Field) -> Shifts:
    across, down = np.zeros_like(there), np.zeros_like(there)
    across[:, :, 1:-1] = 0.5 * (there[:, :, 2:] - there[:, :, :-2])
    down[:, 1:-1] = 0.5 * (there[:, 2:] - there[:, :-2])
    weighted_x, weighted_y = across * weight, down * weight
    xx, xy, yy = (
        np.einsum("nij,nij->n", a, b) for a, b in ((weighted_x, across), (weighted_x, down), (weighted_y, down))
    )
    damping = _DAMPING * total
    xx, yy = xx + damping, yy + damping
    x, y = np.einsum("nij,nij->n", weighted_x, rest), np.einsum("nij,nij->n", weighted_y, rest)
    determinant = xx * yy - xy * xy
    step = np.stack([(yy * x - xy * y) / determinant, (xx * y - xy * x) / determinant], axis=1)
    return np.asarray(np.clip(step, -_LONGEST_STEP, _LONGEST_STEP), np.float32)
