"""Continuing texture and structure into a hole from patches of its surroundings (PatchMatch with voting)."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.cancel import CancelToken
from engines.masks import Mask
from engines.repair.spread import Field, spread

Indices = NDArray[np.intp]

_RADIUS = 3
RIM = _RADIUS
_ROUNDS, _SWEEPS = 3, 4
_LEVELS = 6
# Patches that lie deeper in the hole rest on guesses: their vote halves every so many pixels.
_DEPTH_HALVED = 3.0


@dataclass(frozen=True, eq=False)
class Continued:
    """H x W x C float32. mean: blend of all patches over a pixel. single: the sample of one.

    Patches reach `RIM` pixels beyond the hole; there the answer is what they would put in place of the known.
    """

    mean: Field
    single: Field


def continue_texture(
    stack: Field, hole: Mask, known: Mask, rng: np.random.Generator, cancel: CancelToken
) -> Continued | None:
    """Fill `hole` in `stack` (H x W x C, comparable scales) by patches that lie wholly in `known` (hole excluded).

    None where the surroundings hold no whole patch. Deterministic for a generator. Raises Cancelled.
    """
    pyramid = [(stack, hole, known & ~hole)]
    while len(pyramid) < _LEVELS and _depth(pyramid[-1][1]) > 2.0 and min(pyramid[-1][1].shape) >= 8 * _RADIUS:
        pyramid.append(_halved(*pyramid[-1]))
    answer: Continued | None = None
    for level, (picture, gap, sound) in enumerate(reversed(pyramid)):
        if level == 0 or answer is None:
            start = spread(picture, sound.astype(np.float32))
        else:
            size = (gap.shape[1], gap.shape[0])
            finer = cv2.resize(answer.mean, size, interpolation=cv2.INTER_CUBIC)
            start = np.asarray(finer, np.float32).reshape(picture.shape)
        filled = np.where(gap[..., None], start, picture).astype(np.float32)
        answer = _Search(filled, gap, sound, rng).run(cancel)
    return answer


class _Search:
    """One pyramid level: which known patch each patch over the hole looks like, and the picture voted from them."""

    def __init__(self, picture: Field, hole: Mask, known: Mask, rng: np.random.Generator) -> None:
        self._rng = rng
        self._hole = hole
        self._width = hole.shape[1] + 2 * _RADIUS
        pad = ((_RADIUS, _RADIUS), (_RADIUS, _RADIUS), (0, 0))
        self._flat = np.pad(picture, pad, mode="reflect").reshape(-1, picture.shape[2])
        whole = cv2.erode(
            np.pad(known, _RADIUS).astype(np.uint8), np.ones((2 * _RADIUS + 1,) * 2, np.uint8), borderValue=0
        )
        self._is_source = whole.astype(bool).ravel()
        self._sources: Indices = np.flatnonzero(self._is_source)
        near = cv2.dilate(hole.astype(np.uint8), np.ones((2 * _RADIUS + 1,) * 2, np.uint8))
        self._targets: Indices = np.flatnonzero(np.pad(near, _RADIUS))
        self._slot = np.full(self._flat.shape[0], -1, np.intp)
        self._slot[self._targets] = np.arange(self._targets.size)
        reach = np.arange(-_RADIUS, _RADIUS + 1)
        self._around: Indices = (reach[:, None] * self._width + reach).ravel()
        depth = cv2.distanceTransform(np.pad(hole, _RADIUS).astype(np.uint8), cv2.DIST_L2, 3).ravel()
        self._faith = np.asarray(0.5 ** (depth[self._targets] / _DEPTH_HALVED), np.float32)

    def run(self, cancel: CancelToken) -> Continued | None:
        if self._sources.size == 0:
            return None
        match = self._rng.choice(self._sources, self._targets.size)
        answer: Continued | None = None
        for _ in range(_ROUNDS):
            cost = self._cost(match)
            for sweep in range(_SWEEPS):
                cancel.check()
                match, cost = self._improved(match, cost, sweep)
            answer = self._vote(match, cost)
        return answer

    def _improved(self, match: Indices, cost: Field, sweep: int) -> tuple[Indices, Field]:
        """Take over the neighbours' matches and random ones around the own, wherever they look better."""
        for step in (1, -1, self._width, -self._width):
            stride = step << (_SWEEPS - 1 - sweep)
            slot = self._slot[np.clip(self._targets - stride, 0, self._slot.size - 1)]
            candidate = np.where(slot >= 0, match[slot] + stride, match)
            match, cost = self._better(match, cost, candidate)
        radius = max(self._width, self._slot.size // self._width)
        while radius >= 1:
            dy, dx = self._rng.integers(-radius, radius + 1, (2, match.size))
            match, cost = self._better(match, cost, match + dy * self._width + dx)
            radius //= 4
        return match, cost

    def _better(self, match: Indices, cost: Field, candidate: Indices) -> tuple[Indices, Field]:
        candidate = np.clip(candidate, 0, self._slot.size - 1)
        tried = np.flatnonzero(self._is_source[candidate] & (candidate != match))
        if tried.size == 0:
            return match, cost
        new = self._cost(candidate[tried], tried)
        wins = new < cost[tried]
        match, cost = match.copy(), cost.copy()
        match[tried[wins]], cost[tried[wins]] = candidate[tried][wins], new[wins]
        return match, cost

    def _cost(self, match: Indices, chosen: Indices | None = None) -> Field:
        targets = self._targets if chosen is None else self._targets[chosen]
        cost = np.zeros(match.size, np.float32)
        # One offset at a time keeps memory small.
        for offset in self._around:
            cost += np.square(self._flat[targets + offset] - self._flat[match + offset]).sum(axis=1)
        return cost

    def _vote(self, match: Indices, cost: Field) -> Continued:
        scale = max(float(np.percentile(cost, 75)), 1e-9)
        weight = self._faith * np.exp(-cost / (2.0 * scale))
        weight = np.asarray(np.maximum(weight, 1e-6), np.float32)
        total = np.zeros_like(self._flat)
        share = np.zeros((self._flat.shape[0], 1), np.float32)
        for offset in self._around:
            # Targets are distinct, so a shifted list has no index twice.
            total[self._targets + offset] += weight[:, None] * self._flat[match + offset]
            share[self._targets + offset] += weight[:, None]
        near, inside = share[:, 0] > 0, np.pad(self._hole, _RADIUS).ravel()
        mean, single, known = self._flat.copy(), self._flat.copy(), self._flat
        mean[near] = total[near] / share[near]
        single[self._targets] = known[match]
        self._flat = np.where(inside[:, None], mean, known)
        return Continued(self._unpadded(mean), self._unpadded(single))

    def _unpadded(self, flat: Field) -> Field:
        grid = flat.reshape(-1, self._width, flat.shape[1])
        return np.ascontiguousarray(grid[_RADIUS:-_RADIUS, _RADIUS:-_RADIUS])


def _depth(hole: Mask) -> float:
    framed = np.pad(hole.astype(np.uint8), 1, mode="edge")
    return float(cv2.distanceTransform(framed, cv2.DIST_L2, 3).max())


def _halved(picture: Field, hole: Mask, known: Mask) -> tuple[Field, Mask, Mask]:
    """A level down: means over the known samples; a sample is known only where all below it are."""
    size = (-(-hole.shape[1] // 2), -(-hole.shape[0] // 2))
    share = known.astype(np.float32)
    total = cv2.resize(picture * share[..., None], size, interpolation=cv2.INTER_AREA)
    count = cv2.resize(share, size, interpolation=cv2.INTER_AREA)
    mean = total.reshape((*count.shape, picture.shape[2])) / np.maximum(count, 1e-6)[..., None]
    gap = cv2.resize(hole.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0
    return np.asarray(mean, np.float32), np.asarray(gap & (count < 0.999)), np.asarray(count >= 0.999)
