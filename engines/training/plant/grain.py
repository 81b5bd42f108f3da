"""Plants photographic grain: clumps of crystals that cover an area, strongest in mid-tones, fresh in every frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from scipy.special import ndtri

from engines.luma import Luma, chroma_range, code_range, luma_of
from engines.types import Frame

# Crystals are drawn on a grid this much finer than the picture, in so many layers of the emulsion.
_FINER = 2
_LEAST, _MOST = 0.01, 0.99


@dataclass(frozen=True)
class FilmGrain:
    """size: diameter of the clumps in pixels (0.8..3). sigma: standard deviation at middle grey, 8-bit codes of the
    nominal range. layers: of the emulsion that lie on each other; few look coarse. colour: standard deviation of
    chroma grain, as a share of luma's.
    """

    size: float
    sigma: float
    layers: int = 3
    colour: float = 0.5

    @staticmethod
    def drawn(rng: np.random.Generator) -> FilmGrain:
        """A stock at random, weak grain more often than heavy."""
        sigma = 1.5 + 10.5 * float(rng.random()) ** 1.5
        return FilmGrain(0.8 + 2.2 * float(rng.random()), sigma, int(rng.integers(1, 5)), float(rng.uniform(0.2, 0.8)))


def grain_field(brightness: Luma, look: FilmGrain, rng: np.random.Generator) -> Luma:
    """What to add to `brightness` (H x W, nominal 0..1): zero-mean grain, nominal units.

    An emulsion of opaque crystals covers a share u of the area where it is u bright (Boolean model: Newson, Delon,
    Galerne 2017, here as excursions of a correlated Gaussian field, which overlap as clumps do); what a scan's pixel
    sees is the covered share of its area. The variance follows u (1 - u): nothing at black and white.
    """
    height, width = brightness.shape
    fine = (height * _FINER, width * _FINER)
    share = np.clip(brightness, _LEAST, _MOST)
    threshold = cv2.resize(np.asarray(-ndtri(share), np.float32), fine[::-1], interpolation=cv2.INTER_LINEAR)
    total = np.zeros((height, width), np.float32)
    for _ in range(look.layers):
        covered = (_clumps(fine, look.size, rng) > threshold).astype(np.float32)
        total += cv2.resize(covered, (width, height), interpolation=cv2.INTER_AREA)
    expected = cv2.resize(np.asarray(share, np.float32), (width, height))
    unit = _middle_sigma(round(look.size, 2), look.layers)
    return np.asarray((total / look.layers - expected) * np.float32(look.sigma / 255.0 / unit), np.float32)


def plant_grain(frames: Sequence[Frame], look: FilmGrain, seed: int) -> list[Frame]:
    """`frames` with fresh grain of one stock in each, rounded to their own samples.

    Y'CbCr gets luma grain and, where `look.colour`, chroma grain that does not follow it; RGB gets one field per layer
    of colour, which share as much as `look.colour` leaves.
    """
    return [_planted(frame, look, np.random.default_rng((seed, number))) for number, frame in enumerate(frames)]


def _planted(frame: Frame, look: FilmGrain, rng: np.random.Generator) -> Frame:
    black, white = code_range(frame.format, frame.colour)
    span = np.float32(white - black)
    luma = luma_of(frame)
    if frame.format.family == "rgb":
        common = np.float32(np.sqrt(1.0 - look.colour**2))
        shared = grain_field(luma, look, rng)
        colours = (frame.planes[0], frame.planes[1], frame.planes[2])
        own = [grain_field((plane.astype(np.float32) - np.float32(black)) / span, look, rng) for plane in colours]
        grains = [(common * shared + np.float32(look.colour) * one) * span for one in own]
    else:
        grains = [grain_field(luma, look, rng) * span]
    planes = [plane.astype(np.float32) + grain for plane, grain in zip(frame.planes, grains, strict=False)]
    if frame.format.family == "yuv" and look.colour > 0:
        excursion = np.float32(chroma_range(frame.format, frame.colour)[1] * look.colour)
        height, width = frame.planes[1].shape
        small = np.asarray(cv2.resize(luma, (width, height), interpolation=cv2.INTER_AREA), np.float32)
        planes += [plane + grain_field(small, look, rng) * excursion for plane in frame.planes[1:3]]
    return frame.with_planes((*planes, *frame.planes[len(planes) :])).quantised()


def _clumps(shape: tuple[int, int], size: float, rng: np.random.Generator) -> Luma:
    """A Gaussian field of unit variance, correlated over the size of a crystal (in pixels of the picture)."""
    field = rng.standard_normal(shape, dtype=np.float32)
    # A disk of diameter d is about as wide as a Gaussian of standard deviation d / 4.
    blur = size * _FINER / 4.0
    smooth = cv2.GaussianBlur(field, (0, 0), blur, borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(smooth / np.float32(_norm(round(blur, 4))), np.float32)


@lru_cache(maxsize=64)
def _norm(blur: float) -> float:
    """Standard deviation of blurred white noise."""
    spot = np.zeros((65, 65), np.float32)
    spot[32, 32] = 1.0
    return float(np.sqrt(np.square(cv2.GaussianBlur(spot, (0, 0), blur)).sum()))


@lru_cache(maxsize=256)
def _middle_sigma(size: float, layers: int) -> float:
    """Standard deviation of the covered share at middle grey."""
    rng = np.random.default_rng(7)
    covered = (_clumps((512, 512), size, rng) > 0).astype(np.float32)
    return float(cv2.resize(covered, (256, 256), interpolation=cv2.INTER_AREA).std() / np.sqrt(layers))
