"""What two windows over the same frame say together: a scratch is one in both, a chance likeness seldom."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engines.scratch.found import Found
from engines.types import FrameNo

_NEAR = 2.0
"""Pixels: lines of two windows that run closer than this are one."""
_UNSEEN = 0.1
"""What a window says of a line that it did not find."""
_LEAST = 1e-3


def at_frame(found: Found, number: FrameNo) -> Found:
    """`found` of the one frame alone."""
    at = np.nonzero(found.frames == number)[0][:1]
    return replace(found, frames=found.frames[at], shifts=found.shifts[:, at], confidence=found.confidence[:, at])


def agreed(one: Found, other: Found) -> Found:
    """Both of the same single frame: each line once, with the mean of the logarithms of its odds."""
    matched = _matched(one, other)
    of_one = replace(one, confidence=_mean(one.confidence, _said(other, matched, len(one.bright))))
    left = np.array([k for k in range(len(other.bright)) if k not in matched.values()], np.int64)
    of_other = _chosen(other, left)
    of_other = replace(of_other, confidence=_mean(of_other.confidence, np.full_like(of_other.confidence, _UNSEEN)))
    return _joined(of_one, of_other)


def witnessed(window: Found, number: FrameNo, witness: Found) -> Found:
    """Lines of frame `number` of `window`, as sure as the mean with what `witness`, which does not hold the frame but
    others of the window, says of the same lines.
    """
    shared = np.intersect1d(window.frames, witness.frames)
    mine = at_frame(window, number)
    if len(shared) == 0:
        return mine
    at = int(shared[np.abs(shared - number).argmin()])
    there = replace(at_frame(witness, at), confidence=witness.confidence.max(1, keepdims=True))
    said = _said(there, _matched(at_frame(window, at), there), len(mine.bright))
    return replace(mine, confidence=_mean(mine.confidence, said))


def _matched(one: Found, other: Found) -> dict[int, int]:
    """Index of the same line in `other`, for those of `one` that it has."""
    matched: dict[int, int] = {}
    for index in range(len(one.bright)):
        apart = {k: _apart(one, index, other, k) for k in range(len(other.bright)) if k not in matched.values()}
        nearest = min(apart, key=apart.__getitem__, default=None)
        if nearest is not None and apart[nearest] < _NEAR:
            matched[index] = nearest
    return matched


def _said(other: Found, matched: dict[int, int], count: int) -> NDArray[np.float32]:
    """What `other` says of each of `count` lines: count x 1."""
    said = [other.confidence[matched[k], 0] if k in matched else _UNSEEN for k in range(count)]
    return np.asarray(said, np.float32).reshape(-1, 1)


def _apart(one: Found, index: int, other: Found, k: int) -> float:
    """Mean distance of two lines in pixels where both are; infinite where they cannot be one."""
    first, last = max(one.first[index], other.first[k]), min(one.last[index], other.last[k])
    if one.bright[index] != other.bright[k] or last - first < 0.3 * (one.last[index] - one.first[index]):
        return float("inf")
    mine = one.paths[index, first:last] + one.shifts[index, 0]
    return float(np.abs(mine - other.paths[k, first:last] - other.shifts[k, 0]).mean())


def _mean(a: NDArray[np.float32], b: NDArray[np.floating]) -> NDArray[np.float32]:
    odds = [np.clip(p, _LEAST, 1 - _LEAST) for p in (a, b)]
    told = sum(0.5 * np.log(p / (1 - p)) for p in odds)
    return np.asarray(1 / (1 + np.exp(-told)), np.float32)


def _chosen(found: Found, keep: NDArray[np.int64]) -> Found:
    parts = {name: value[keep] for name, value in vars(found).items() if name != "frames"}
    return Found(frames=found.frames, **parts)


def _joined(one: Found, other: Found) -> Found:
    if len(one.bright) == 0 or len(other.bright) == 0:
        return other if len(one.bright) == 0 else one
    parts = {
        name: np.concatenate([value, getattr(other, name)]) for name, value in vars(one).items() if name != "frames"
    }
    return Found(frames=one.frames, **parts)
