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
    matched: dict[int, int] = {}
    taken: set[int] = set()
    for index in range(len(one.bright)):
        near = [k for k in range(len(other.bright)) if k not in taken and _apart(one, index, other, k) < _NEAR]
        if near:
            matched[index] = min(near, key=lambda k: _apart(one, index, other, k))
            taken.add(matched[index])
    mine = np.array([other.confidence[matched[k], 0] if k in matched else _UNSEEN for k in range(len(one.bright))])
    of_one = replace(one, confidence=_mean(one.confidence, mine.reshape(-1, 1)))
    left = np.array([k for k in range(len(other.bright)) if k not in taken], np.int64)
    of_other = _chosen(other, left)
    of_other = replace(of_other, confidence=_mean(of_other.confidence, np.full_like(of_other.confidence, _UNSEEN)))
    return _joined(of_one, of_other)


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
