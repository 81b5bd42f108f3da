"""Whether the grain inside repairs is grain: its variance, its spectrum, and that it does not stand still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import torch

from engines.luma import Luma, codes_of, luma_of
from engines.masks import Mask
from engines.motion import flow_between, warp
from engines.repair.align import grown
from engines.training.simulator.grain import GrainLook, film_grain
from engines.types import Frame

_SIGMA, _LOOK = 0.035, GrainLook(0.9, by_density=True)
# Gaussian radii between which the bands of the spectrum lie, in pixels.
_BANDS = (0.0, 0.7, 1.3, 2.4, 4.5)
# The clean picture counts as calm where it varies by less than this (nominal) nearby.
_CALM, _NEAR = 0.006, 2.0
_FEWEST = 50
# Two grains that meet share no clump: the seam is not what either is like inside.
_SEAM = 2


@dataclass(frozen=True)
class GrainInside:
    """Ratios to the true grain at the same pixels; correlations with the frames beside, inside repairs and outside."""

    variance: float
    worst_band: float
    inside: float
    outside: float


def with_grain(frames: Sequence[Frame], seed: int) -> list[Frame]:
    """8-bit frames with fresh film grain on luma."""
    grainy = []
    for number, frame in enumerate(frames):
        luma = torch.from_numpy(luma_of(frame))[None, None]
        grain = film_grain(luma, torch.tensor([_SIGMA]), _LOOK, np.random.default_rng((seed, number, 7)))
        codes = codes_of(np.asarray((luma + grain)[0, 0].numpy(), np.float32), frame)
        plane = np.clip(np.rint(codes), 0, 255).astype(np.uint8)
        grainy.append(frame.with_planes((plane, *frame.planes[1:])))
    return grainy


def grain_inside(
    answers: Mapping[int, Frame], grainy: Sequence[Frame], clean: Sequence[Frame], masks: Mapping[int, Mask]
) -> GrainInside:
    """Measured on all pairs of consecutive `answers`; `grainy` and `clean` are the truth with and without grain."""
    numbers = sorted(answers)
    rests = {n: _fine(luma_of(answers[n]) - luma_of(clean[n])) for n in numbers}
    power, true_power = np.zeros(len(_BANDS) - 1), np.zeros(len(_BANDS) - 1)
    total = np.zeros(2)
    for n in numbers:
        place = ~grown(~masks[n], _SEAM) & _calm(luma_of(clean[n]))
        if np.count_nonzero(place) < _FEWEST:
            continue
        truth = _fine(luma_of(grainy[n]) - luma_of(clean[n]))
        total += [float(np.square(g[place]).sum()) for g in (rests[n], truth)]
        power += [float(np.square(band[place]).sum()) for band in _bands(rests[n])]
        true_power += [float(np.square(band[place]).sum()) for band in _bands(truth)]
    bands = power / np.maximum(true_power, 1e-12)
    inside, outside = np.zeros(3), np.zeros(3)
    moved_inside, moved_outside = np.zeros(3), np.zeros(3)
    for n in numbers:
        for other in (n - 1, n + 1):
            if other not in rests:
                continue
            calm = _calm(luma_of(clean[n])) & _calm(luma_of(clean[other]))
            flow = flow_between(luma_of(clean[n]), luma_of(clean[other]))
            for there, sums in (
                (rests[other], (inside, outside)),
                (_along(rests[other], flow), (moved_inside, moved_outside)),
            ):
                sums[0][:] += _moments(rests[n], there, calm & masks[n])
                sums[1][:] += _moments(rests[n], there, calm & ~grown(masks[n], 2) & ~grown(masks[other], 2))
    pairs = [(_correlation(a), _correlation(b)) for a, b in ((inside, outside), (moved_inside, moved_outside))]
    worst = max(pairs, key=lambda pair: pair[0] - pair[1])
    return GrainInside(float(total[0] / max(total[1], 1e-12)), float(bands[np.argmax(np.abs(bands - 1))]), *worst)


def _fine(rest: Luma) -> Luma:
    """What is coarser than the coarsest band is exposure, not grain."""
    return np.asarray(rest - cv2.GaussianBlur(rest, (0, 0), _BANDS[-1]), np.float32)


def _bands(rest: Luma) -> list[Luma]:
    levels = [rest if radius == 0 else cv2.GaussianBlur(rest, (0, 0), radius) for radius in _BANDS]
    return [np.asarray(fine - coarse, np.float32) for fine, coarse in pairwise(levels)]


def _calm(clean: Luma) -> Mask:
    mean = cv2.GaussianBlur(clean, (0, 0), _NEAR)
    return np.asarray(cv2.GaussianBlur(np.square(clean - mean), (0, 0), _NEAR) < _CALM**2)


def _along(rest: Luma, flow: np.ndarray) -> Luma:
    return warp(rest, np.rint(flow))


def _moments(a: Luma, b: Luma, place: Mask) -> np.ndarray:
    x, y = a[place].astype(np.float64), b[place].astype(np.float64)
    return np.array([(x * y).sum(), (x * x).sum(), (y * y).sum()])


def _correlation(moments: np.ndarray) -> float:
    return float(moments[0] / max(np.sqrt(moments[1] * moments[2]), 1e-12))
