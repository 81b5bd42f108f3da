"""Where lines may run through a window of frames: sums over frames that drift along, and over bands that lean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.scratch.evidence import SCALE
from engines.scratch.hough import line_sums
from engines.scratch.moving import Moment

DRIFTS = (-0.5, -0.25, 0.0, 0.25, 0.5)
"""Pixels per frame."""
_LEVELS = 3
_LEAST_SCORE = 3.0
_AT_MOST = 64
_APART = 3
_FOR_LENGTH = 0.35


@dataclass(frozen=True)
class Candidate:
    """A straight line through the window: x at band b of frame n is x + slope b + drift (n - middle of the window).

    first, last: bands of the block it was found in (last exclusive). score: evidence over what chance would give.
    sign: 1 bright, -1 dark. kernel: index.
    """

    x: float
    slope: float
    drift: float
    first: int
    last: int
    kernel: int
    sign: int
    score: float


def search(window: Sequence[Moment], steepest: float) -> list[Candidate]:
    """Candidates, the best first, no two on each other. steepest: |slope|, px per band."""
    found: list[Candidate] = []
    offsets = np.arange(len(window)) - (len(window) - 1) / 2
    kernels, bands, _ = window[0].cells.shape
    for kernel in range(kernels):
        best: dict[int, tuple[NDArray[np.float32], NDArray[np.int32]]] = {}
        for index, drift in enumerate(DRIFTS):
            total = drifted(window, kernel, np.rint(drift * offsets).astype(int))
            mean = total.astype(np.float32) * np.float32(1 / (SCALE * len(window)))
            for level, (_, sums) in enumerate(line_sums(mean, _LEVELS, steepest)):
                length = bands >> (_LEVELS - 1 - level)
                _keep_best(best, level, sums * np.float32(1 / np.sqrt(length)), index)
        for level, (sums, drifts) in best.items():
            found += _peaks(sums, drifts, kernel, bands >> (_LEVELS - 1 - level))
    # Of a line that shows at several lengths the longest counts, unless only a part of it is there.
    found.sort(key=lambda c: -c.score * ((c.last - c.first) / bands) ** _FOR_LENGTH)
    return _apart(found, bands)


def drifted(window: Sequence[Moment], kernel: int, shifts: NDArray[np.int64]) -> NDArray[np.int16]:
    """Sum over the window's frames, each read `shifts` px further to the right: B x W."""
    width = window[0].cells.shape[2]
    total = np.zeros(window[0].cells.shape[1:], np.int16)
    for one, shift in zip(window, shifts, strict=True):
        cells = one.cells[kernel]
        if shift >= 0:
            total[:, : width - shift] += cells[:, shift:]
        else:
            total[:, -shift:] += cells[:, : width + shift]
    return total


def _keep_best(
    best: dict[int, tuple[NDArray[np.float32], NDArray[np.int32]]], level: int, sums: NDArray[np.float32], index: int
) -> None:
    if level not in best:
        best[level] = (sums, np.full(sums.shape, index, np.int32))
        return
    held, drifts = best[level]
    better = np.abs(sums) > np.abs(held)
    np.copyto(held, sums, where=better)
    drifts[better] = index


def _peaks(sums: NDArray[np.float32], drifts: NDArray[np.int32], kernel: int, length: int) -> list[Candidate]:
    """Local extremes over x, of the best lean at every x; sums: blocks x leans x W."""
    strength = np.abs(sums)
    lean_at = strength.argmax(1)
    at = np.take_along_axis(strength, lean_at[:, None], 1)[:, 0]
    broad = cv2.dilate(at, np.ones((1, 2 * _APART + 1), np.uint8))
    middle = sums.shape[1] // 2
    found = []
    for block, x in zip(*np.nonzero((at == broad) & (at >= _LEAST_SCORE)), strict=True):
        lean = int(lean_at[block, x])
        value = float(sums[block, lean, x])
        slope = (lean - middle) / max(length - 1, 1)
        first = int(block) * length
        found.append(
            Candidate(
                float(x) - slope * first,
                slope,
                DRIFTS[int(drifts[block, lean, x])],
                first,
                first + length,
                kernel,
                1 if value > 0 else -1,
                abs(value),
            )
        )
    return found


def _apart(found: list[Candidate], bands: int) -> list[Candidate]:
    """The strongest of those that run within 3 px of each other where both were seen."""
    kept: list[Candidate] = []
    for one in found:
        if len(kept) == _AT_MOST:
            break
        near = any(
            abs((one.x + one.slope * at) - (other.x + other.slope * at)) <= _APART
            for other in kept
            for at in [(max(one.first, 0) + min(one.last, bands)) / 2]
            if other.sign == one.sign
        )
        if not near:
            kept.append(one)
    return kept
