"""The scratches of a stretch of frames: found in a window around it, kept as small arrays, drawn as labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.analysis.shot_analysis import Arrays
from engines.detect.proposals import Detections, Proposal
from engines.scratch.evidence import Evidence
from engines.scratch.judge import Judge
from engines.scratch.moving import Moment, moments
from engines.scratch.patches import REACH, patches
from engines.scratch.profile import Kernel
from engines.scratch.search import search
from engines.scratch.trace import Traces, traced
from engines.types import FrameNo, Rect

# Less sure than the first a line is forgotten; less sure than the second it only stands by for another window.
_WORTH_KEEPING, _WORTH_SHOWING = 0.03, 0.2
# Of a line's usual strength: less is a frame without it, more surely one with it.
_ABSENT, _PRESENT = 0.15, 0.4
_SOFT = 0.75
# In a scene at rest a line at rest may be a scratch or the edge of a wall: a person must say.
_AT_REST, _STIRRED, _CLEAR = 0.9, 0.26, 0.1


@dataclass(frozen=True, eq=False)
class Found:
    """K lines over B bands of N frames, ready to be drawn.

    frames: N numbers. paths: K x B, x in pixels at the middle of every band; shifts: K x N, added in each frame.
    first, last: K, bands (last exclusive). half: K, half the width in pixels. bright: K. confidence: K x N, 0..1.
    """

    frames: NDArray[np.int64]
    paths: NDArray[np.float32]
    shifts: NDArray[np.float32]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    half: NDArray[np.float32]
    bright: NDArray[np.bool_]
    confidence: NDArray[np.float32]

    def packed(self) -> Arrays:
        """As arrays by name; `Found(**arrays)` is the inverse."""
        return dict(vars(self))


def find(
    frames: Sequence[FrameNo], window: Sequence[Evidence], with_kernels: Sequence[Kernel], steepest: float, judge: Judge
) -> Found:
    """Lines in `window`, the evidence of `frames` by those kernels. steepest: |slope|, px per band."""
    held = moments(window, with_kernels)
    candidates = search(held, steepest) if window else []
    if not candidates:
        return _none(frames)
    traces = traced(held, candidates)
    seen, facts = patches(held, traces)
    sure = judge.probability(seen, facts)
    sure = np.where(_told_apart(held, traces), sure, np.minimum(sure, _AT_REST))
    usual = np.maximum(np.median(traces.strength, axis=1, keepdims=True), 0.05)
    present = np.clip((traces.strength / usual - _ABSENT) / (_PRESENT - _ABSENT), 0.0, 1.0)
    keep = np.nonzero(sure >= _WORTH_KEEPING)[0]
    return Found(
        np.asarray(frames, np.int64),
        traces.paths[keep],
        traces.shifts[keep],
        traces.first[keep],
        traces.last[keep],
        _half_widths(seen, np.array([min(one.reach, REACH) for one in with_kernels])[traces.kernel])[keep],
        (traces.sign > 0)[keep],
        (sure[:, None] * present)[keep].astype(np.float32),
    )


def _told_apart(held: Sequence[Moment], traces: Traces) -> NDArray[np.bool_]:
    """K: whether anything tells a line from what the camera saw: it moves by itself, or the scene moves under it."""
    moved = np.mean([one.moved for one in held], axis=0)
    width = moved.shape[1]
    told = np.asarray(np.std(traces.shifts, axis=1) >= _STIRRED, np.bool_)
    for k in np.nonzero(~told)[0]:
        rows = np.arange(traces.first[k], traces.last[k])
        x = np.clip(np.rint(traces.paths[k, rows]), 0, width - 1).astype(np.intp)
        told[k] = bool(moved[rows, x].mean() >= _CLEAR)
    return told


def drawn(found: Found, number: FrameNo, size: tuple[int, int], grow: float, polarity: str) -> Detections:
    """Labels (`size`: height, width) and proposals of frame `number`; `grow`: px added on both sides of every line.

    polarity: "bright", "dark" or "both". Of lines that cross, the surer is on top.
    """
    labels = np.zeros(size, np.int32)
    proposals: list[Proposal] = []
    at = int(np.nonzero(found.frames == number)[0][0])
    sure = found.confidence[:, at]
    wanted = [k for k in np.argsort(sure, kind="stable") if sure[k] >= _WORTH_SHOWING and _asked(found, k, polarity)]
    for k in wanted:
        rows, left, right = _outline(found, int(k), at, size, grow)
        if len(rows) == 0:
            continue
        label = len(proposals) + 1
        for row, start, stop in zip(rows.tolist(), left.tolist(), right.tolist(), strict=True):
            labels[row, start:stop] = label
        x, right_most = int(left.min()), int(right.max())
        box = Rect(x, int(rows[0]), right_most - x, int(rows[-1] - rows[0]) + 1)
        area = int((right - left).sum())
        shade = "bright" if found.bright[k] else "dark"
        proposals.append(Proposal(number, "scratch", box, area, float(sure[k]), shade))  # type: ignore[arg-type]
    return Detections(labels, tuple(proposals))


def _asked(found: Found, index: int, polarity: str) -> bool:
    return polarity == "both" or (polarity == "bright") == bool(found.bright[index])


def _outline(
    found: Found, index: int, at: int, size: tuple[int, int], grow: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Rows, and in each the first column and the one after the last; rows in which nothing is left are left out."""
    height, width = size
    bands = found.paths.shape[1]
    tall = height / bands
    top, bottom = round(found.first[index] * tall), round(found.last[index] * tall)
    rows = np.arange(top, min(bottom, height))
    along = (rows + 0.5) / tall - 0.5
    x = np.interp(along, np.arange(bands), found.paths[index] + found.shifts[index, at])
    reach = float(found.half[index]) + grow
    left = np.clip(np.ceil(x - reach), 0, width).astype(np.int64)
    right = np.clip(np.floor(x + reach) + 1, 0, width).astype(np.int64)
    some = right > left
    return rows[some], left[some], right[some]


def _half_widths(seen: NDArray[np.float32], reach: NDArray[np.int64]) -> NDArray[np.float32]:
    """Half the equivalent width (area of the mean profile over its height), K, and what the optics smear.

    reach: K, px to the outer end of the flanks of the kernel that found it.
    """
    inside = seen[:, 3, :, 0]
    profile = (seen[:, 0] * inside[..., None]).sum(1) / np.maximum(inside.sum(1), 1e-3)[:, None]
    # As far as the flanks that the line was found against.
    away = np.abs(np.arange(-REACH, REACH + 1))
    flank = (away >= reach[:, None] - 1) & (away <= reach[:, None])
    ground = (profile * flank).sum(1) / flank.sum(1)
    near = np.clip(profile - ground[:, None], 0.0, None) * (away < reach[:, None] - 0.5)
    peak = np.maximum(near[:, REACH - 1 : REACH + 2].max(1), 1e-3)
    return np.asarray(np.maximum(near.sum(1) / peak, 1.0) / 2 + _SOFT - 0.5, np.float32)


def _none(frames: Sequence[FrameNo]) -> Found:
    count = len(frames)
    return Found(
        np.asarray(frames, np.int64),
        np.zeros((0, 1), np.float32),
        np.zeros((0, count), np.float32),
        np.zeros(0, np.int32),
        np.zeros(0, np.int32),
        np.zeros(0, np.float32),
        np.zeros(0, np.bool_),
        np.zeros((0, count), np.float32),
    )
