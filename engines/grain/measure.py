"""Measures grain: in differences of aligned frames where there are any, else in calm blocks of one frame."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.grain.blocks import Blocks, bins_of, calm_places, correlation_of, freedom, levelled, typical, unmoved
from engines.grain.model import BINS, LAGS, GrainModel, Table
from engines.luma import Luma
from engines.masks import Mask
from engines.motion import Flow, flow_between

# Of a block in luma pixels: several of the coarsest clumps, less in pictures with little room.
_SIDES = (32, 16, 8)
# Pictures are shrunk to about this many pixels for motion; a block needs it to a pixel.
_MOTION_PIXELS = 160_000
_LARGE = 2.0
# Differences below this (nominal, mean square) mean that a frame is shown twice.
_REPEATED = (0.15 / 255.0) ** 2
_FEWEST = 3
# Pictures smaller than so many blocks are measured in smaller ones.
_ROOMY = 4
# Where in the order of variances grain is without structure: differences hold little of it, single frames much.
_MOVED, _STILL = 0.2, 0.12
# Blocks looked at for correlation, per frame and plane.
_CORRELATED = 24
# Grain does not change more than this (in variance) from one brightness bin to the next.
_STEEPEST = 2.0
# Blocks within these shares of the typical variance tell how grain is correlated.
_USUAL = (0.5, 1.6)


@dataclass(frozen=True, eq=False)
class Seen:
    """Of calm blocks of one frame and one plane: their brightness and variance, and how they are correlated.

    moved: whether differences of aligned frames were looked at. side: of the blocks, in samples of the plane.
    """

    brightness: NDArray[np.float64]
    variance: NDArray[np.float64]
    correlation: Table | None
    count: int
    moved: bool
    side: int


@dataclass
class GrainMeasure:
    """Gathers blocks from frames of a shot. planes: how many planes frames have (alpha left out)."""

    planes: int
    _seen: list[list[Seen]] = field(default_factory=list)
    _alike: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._seen = [[] for _ in range(self.planes)]

    def add(
        self,
        own: list[Luma],
        brightness: Luma,
        other: list[Luma] | None = None,
        near: Luma | None = None,
        known: Mask | None = None,
    ) -> float:
        """One frame and, where there is one, a neighbour: their planes in nominal units, and their luma.

        known: H x W, what may be looked at. Returns the standard deviation of this frame's luma grain (NaN where
        nothing calm is in it).
        """
        for side in _SIDES:
            tops, lefts = calm_places(brightness, side, known)
            if len(tops) >= _FEWEST and (side == _SIDES[-1] or min(brightness.shape) >= _ROOMY * side):
                break
        if len(tops) == 0:
            return float("nan")
        shifts = None
        if other is not None and near is not None and not _repeats(brightness, near):
            shifts = _shifts(brightness, near, tops + side // 2, lefts + side // 2)
        level = np.array([brightness[y : y + side, x : x + side].mean() for y, x in zip(tops, lefts, strict=True)])
        for index, plane in enumerate(own):
            across, down = (round(b / s) for b, s in zip(brightness.shape[::-1], plane.shape[::-1], strict=True))
            neighbour = None if shifts is None or other is None else other[index]
            turned = None if shifts is None else np.rint(shifts / (across, down)).astype(np.intp)
            self._look(
                index, plane, neighbour, (tops // down, lefts // across), turned, level, side // max(across, down)
            )
        latest = self._seen[0][-1]
        return float(np.sqrt(_behind(latest.variance, [latest])))

    def _look(
        self,
        index: int,
        plane: Luma,
        other: Luma | None,
        places: tuple[NDArray[np.intp], NDArray[np.intp]],
        shifts: NDArray[np.intp] | None,
        level: NDArray[np.float64],
        side: int,
    ) -> None:
        tops, lefts = places
        blocks = _cut(plane, tops, lefts, side)
        moved = False
        if other is not None and shifts is not None:
            y, x = tops + shifts[:, 1], lefts + shifts[:, 0]
            valid = (y >= 0) & (x >= 0) & (y + side <= plane.shape[0]) & (x + side <= plane.shape[1])
            if int(valid.sum()) >= _FEWEST:
                moved = True
                blocks, there = blocks[valid], _cut(other, y[valid], x[valid], side)
                level = level[valid]
                if index == 0:
                    self._alike.append(_alike(blocks, there))
                blocks = unmoved((blocks - there) / np.sqrt(2.0), (blocks + there) / 2.0)
        if not moved:
            blocks = levelled(blocks, slopes=True)
        variance = np.square(blocks).mean(axis=(1, 2))
        usual = _usual(blocks, variance, moved)
        table = correlation_of(usual) if len(usual) else None
        self._seen[index].append(Seen(level, variance, table, len(usual), moved, side))

    def model(self) -> GrainModel | None:
        """What was found; None where no block was calm enough to tell."""
        if not self._seen[0]:
            return None
        curves, tables = [], []
        counts = np.zeros(BINS)
        for index in range(self.planes):
            told = [one for one in self._seen[index] if one.moved] or self._seen[index]
            curve, count = _curve(told)
            curves.append(curve)
            tables.append(_correlation(told))
            counts = count if index == 0 else counts
        return GrainModel(np.stack(curves), np.stack(tables), self.frozen, counts)

    @property
    def frozen(self) -> float:
        """Correlation of the calmest blocks with those they are aligned to in the next frame, 0..1.

        What structure these hold counts, too: only a low value proves something.
        """
        return float(np.clip(np.median(self._alike), 0.0, 1.0)) if self._alike else 0.0


def _correlation(told: list[Seen]) -> Table:
    held = [(one.correlation, one.count) for one in told if one.correlation is not None]
    if not held:
        point = np.zeros((2 * LAGS + 1, 2 * LAGS + 1))
        point[LAGS, LAGS] = 1.0
        return point
    total = sum(count for _, count in held)
    return np.asarray(sum(table * (count / total) for table, count in held))


def _behind(variances: NDArray[np.float64], told: list[Seen]) -> float:
    """The grain behind variances of levelled blocks: structure passed over, what levelling took added."""
    moved, side = told[0].moved, told[0].side
    free = freedom(_correlation(told), side)
    lost = 4.0 if moved else 3.0
    whole = free / max(free - lost, 0.5 * free)
    return typical(variances, free - lost, _MOVED if moved else _STILL) * whole


def _curve(told: list[Seen]) -> tuple[Table, Table]:
    """Variance per brightness bin, those without blocks continued; and how many blocks each rests on."""
    level = np.concatenate([one.brightness for one in told])
    values = np.concatenate([one.variance for one in told])
    which = bins_of(level)
    count = np.bincount(which, minlength=BINS).astype(np.float64)
    known = np.flatnonzero(count >= _FEWEST)
    if len(known) == 0:
        return np.full(BINS, _behind(values, told)), count
    curve = np.array([_behind(values[which == b], told) for b in known])
    curve = np.interp(np.arange(BINS), known, curve)
    for order in (range(1, BINS), range(BINS - 2, -1, -1)):
        for b in order:
            before = b - 1 if order.step > 0 else b + 1
            curve[b] = min(curve[b], _STEEPEST * curve[before])
    return curve, np.where(count >= _FEWEST, count, 0.0)


def _usual(blocks: Blocks, variance: NDArray[np.float64], moved: bool) -> Blocks:
    """A few blocks around the typical variance."""
    middle = float(np.quantile(variance, _MOVED if moved else _STILL))
    usual = np.flatnonzero((variance >= _USUAL[0] * middle) & (variance <= _USUAL[1] * middle) & (variance > 0))
    if len(usual) > _CORRELATED:
        usual = usual[np.linspace(0, len(usual) - 1, _CORRELATED).astype(int)]
    return blocks[usual]


def _cut(plane: Luma, tops: NDArray[np.intp], lefts: NDArray[np.intp], side: int) -> Blocks:
    return np.stack([plane[y : y + side, x : x + side] for y, x in zip(tops, lefts, strict=True)]).astype(np.float64)


def _alike(own: Blocks, there: Blocks) -> float:
    """Correlation of the calmest quarter of the blocks with those they are aligned to."""
    own, there = levelled(own, slopes=True), levelled(there, slopes=True)
    power = np.square(own).mean(axis=(1, 2))
    calm = np.argsort(power, kind="stable")[: max(1, len(power) // 4)]
    shared = (own[calm] * there[calm]).mean(axis=(1, 2))
    norm = np.sqrt(power[calm] * np.square(there[calm]).mean(axis=(1, 2)))
    return float(np.median(shared / np.maximum(norm, 1e-20)))


def _repeats(luma: Luma, near: Luma) -> bool:
    return float(np.square(luma[::2, ::2] - near[::2, ::2]).mean()) < _REPEATED


def _shifts(luma: Luma, near: Luma, y: NDArray[np.intp], x: NDArray[np.intp]) -> NDArray[np.intp]:
    """N x 2 whole pixels (x, y) by which the picture around these places has moved."""
    flow, scale = small_flow(luma, near)
    rows = np.clip((y / scale).astype(int), 0, flow.shape[0] - 1)
    columns = np.clip((x / scale).astype(int), 0, flow.shape[1] - 1)
    return np.asarray(np.rint(cv2.blur(flow, (5, 5))[rows, columns] * scale), np.intp)


def small_flow(luma: Luma, near: Luma) -> tuple[Flow, float]:
    """Motion on a reduced grid, in its own pixels, and how many pixels of the picture one of them is."""
    scale = max(1.0, (luma.size / _MOTION_PIXELS) ** 0.5)
    size = (max(16, round(luma.shape[1] / scale)), max(16, round(luma.shape[0] / scale)))
    a, b = (cv2.GaussianBlur(cv2.resize(x, size, interpolation=cv2.INTER_AREA), (0, 0), 1.0) for x in (luma, near))
    # Large pictures have gone through two reductions then; what is lost is below the grain, and half the time is saved.
    flow = flow_between(np.asarray(a, np.float32), np.asarray(b, np.float32), rough=scale >= _LARGE)
    return flow, luma.shape[1] / size[0]
