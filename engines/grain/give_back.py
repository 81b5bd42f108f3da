"""What of a frame's grain earlier stages took, and what is given back: the frame's own where it is known, else new."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from engines.grain.model import GrainModel, looked_up
from engines.grain.synth import coloured, grain_kernel
from engines.luma import Luma
from engines.masks import Mask

# Grain is compared in windows of this standard deviation, pixels.
_NEAR = 6.0
# Structure below this distance (pixels) counts as grain when its strength is looked at.
_FINE = 1.5
# A place lacks grain when less than this share of the expected variance is there; more may be chance.
_LACKING = 0.5
_NEGLIGIBLE = 0.02
# What decides about a sample lies no further from it than this.
_TILE, _AROUND = 64, 32
# Frequencies each way that spectra are summed over.
_GRID = 64


@dataclass(frozen=True, eq=False)
class Given:
    """change: to be added to a plane, nominal units. made: H x W, where what is added is in no frame."""

    change: Luma
    made: Mask


def own_share(taken: Luma, grain: Luma) -> Luma:
    """H x W 0..1: how much of `grain` (of the source frame) is in `taken` (source minus what it became).

    The local regression of one on the other: a repair or a change of light does not follow the grain and falls out.
    """
    shared = cv2.GaussianBlur(_fine(taken) * _fine(grain), (0, 0), _NEAR)
    power = cv2.GaussianBlur(np.square(_fine(grain)), (0, 0), _NEAR)
    share = np.clip(shared / np.maximum(power, np.float32(1e-10)), 0.0, 1.0)
    return np.asarray(np.where(share > _NEGLIGIBLE, share, 0.0), np.float32)


def own_grain(now: Luma, source: Luma, grain: Luma, where: Mask, amount: float) -> Luma:
    """What to add of the frame's own grain to `now` in `where`; all H x W, nominal units of one plane."""
    share = own_share(np.asarray(source - now, np.float32), grain)
    return np.asarray(np.where(where, share * grain * np.float32(amount), 0.0), np.float32)


def new_grain(
    now: Luma, model: GrainModel, plane: int, brightness: Luma, where: Mask, amount: float, seed: tuple[int, ...]
) -> Given:
    """Grain like the shot's for the places in `where` that have too little of it; H x W, nominal units of one plane.

    Specks are few in a large picture: only what holds some is looked at, tile by tile, with what decides around it.
    """
    change, made = np.zeros_like(now), np.zeros(where.shape, bool)
    strengths = model.strengths(plane)
    kind = _Kind(grain_kernel(model, plane), _fine_share(model, plane))
    marked = where.view(np.uint8)
    for top in range(0, now.shape[0], _TILE):
        for left in range(0, now.shape[1], _TILE):
            x, y, width, height = cv2.boundingRect(marked[top : top + _TILE, left : left + _TILE])
            if width == 0:
                continue
            x, y = x + left, y + top
            inner = np.s_[y : y + height, x : x + width]
            from_y, from_x = max(y - _AROUND, 0), max(x - _AROUND, 0)
            wide = np.s_[from_y : y + height + _AROUND, from_x : x + width + _AROUND]
            sigma = looked_up(strengths, brightness[wide])
            given = _new_grain(now[wide], sigma, where[wide], amount, (*seed, top, left), kind)
            if given is None:
                continue
            cut = np.s_[y - from_y : y - from_y + height, x - from_x : x - from_x + width]
            change[inner], made[inner] = given.change[cut], given.made[cut]
    return Given(change, made)


@dataclass(frozen=True, eq=False)
class _Kind:
    """kernel: as `grain_kernel` gives it. fine: share of the variance of such grain that `_fine` leaves."""

    kernel: Luma
    fine: float


def _new_grain(now: Luma, sigma: Luma, where: Mask, amount: float, seed: tuple[int, ...], kind: _Kind) -> Given | None:
    """None where nothing lacks grain. sigma: H x W, what is expected."""
    weight = where.astype(np.float32)
    around = cv2.GaussianBlur(weight, (0, 0), _NEAR) + np.float32(1e-6)
    present = cv2.GaussianBlur(np.square(_fine(now)) * weight, (0, 0), _NEAR) / around
    there = present / np.maximum(np.square(sigma) * np.float32(kind.fine), np.float32(1e-12))
    lacking = where & (there < _LACKING)
    if not lacking.any():
        return None
    lack = np.where(lacking, np.sqrt(np.clip(1.0 - there, 0.0, 1.0)), 0.0) * np.float32(amount)
    made = lack * sigma * coloured(kind.kernel, where.shape, seed)
    return Given(np.asarray(made, np.float32), np.asarray(lack > 0))


def _fine_share(model: GrainModel, plane: int) -> float:
    """How much of the variance of this grain lies in structure that `_fine` keeps."""
    frequency = np.fft.fftfreq(_GRID)
    passed = np.exp(-2.0 * np.square(np.pi * _FINE * frequency))
    kept = np.square(1.0 - np.outer(passed, passed))
    return float((model.spectrum(plane, _GRID, _GRID) * kept).mean())


def _fine(plane: Luma) -> Luma:
    return np.asarray(plane - cv2.GaussianBlur(plane, (0, 0), _FINE), np.float32)
