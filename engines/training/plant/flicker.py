"""Planted flicker: gain and gamma that jump from frame to frame, patches that wander; and real changes of light."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.luma import chroma_range, code_range, luma_of
from engines.types import Frame, Plane

# Below this luma a ratio says nothing about colour.
_DARK = 1e-3


@dataclass(frozen=True)
class Flicker:
    """How far every frame is off, as shares of its light: at least `low`, at most `high`, up or down by chance.

    patches: how many soft patches wander over the picture, each with a gain of its own in every frame. breathing: most
    that a frame's Cb and Cr lean to one side, as a share of luma; 0 leaves colour alone.
    """

    low: float = 0.05
    high: float = 0.25
    patches: int = 2
    breathing: float = 0.0


@dataclass(frozen=True, eq=False)
class Planted:
    """What was done to a frame: luma became gain * field * luma ** gamma; field: H x W; cast: of Cb and Cr."""

    gain: float
    gamma: float
    field: NDArray[np.float32]
    cast: tuple[float, float]


def flickering(frames: Sequence[Frame], flicker: Flicker, seed: int) -> tuple[list[Frame], list[Planted]]:
    """Integer frames with flicker planted, clipped at the code range, and the truth; the same for the same seed."""
    light, place, colour = (np.random.default_rng((seed, part)) for part in range(3))
    height, width = frames[0].height, frames[0].width
    paths = [_path(len(frames), place) for _ in range(flicker.patches)]
    radii = place.uniform(0.12, 0.25, flicker.patches) * width
    done, truth = [], []
    for number, frame in enumerate(frames):
        off = 1.0 + light.choice((-1.0, 1.0), 2 + flicker.patches) * light.uniform(
            flicker.low, flicker.high, 2 + flicker.patches
        )
        field = np.ones((height, width), np.float32)
        for path, radius, gain in zip(paths, radii, off[2:], strict=True):
            field *= 1.0 + np.float32(gain - 1.0) * _blob(width, height, path[number], radius)
        cast = colour.uniform(-flicker.breathing, flicker.breathing, 2)
        planted = Planted(float(off[0]), float(off[1]), field, (float(cast[0]), float(cast[1])))
        done.append(_treated(frame, planted))
        truth.append(planted)
    return done, truth


def lit(frames: Sequence[Frame], factors: NDArray[np.float64]) -> list[Frame]:
    """Frames with their light (luma and chroma alike) multiplied by one factor each: a fade, a lamp."""
    ones = np.ones((frames[0].height, frames[0].width), np.float32)
    light = [Planted(float(factor), 1.0, ones, (0.0, 0.0)) for factor in factors]
    return [_treated(frame, planted) for frame, planted in zip(frames, light, strict=True)]


def lamp(count: int, at: int, gain: float) -> NDArray[np.float64]:
    """Factors of a lamp that is switched on (gain above 1) or off before frame `at`."""
    return np.where(np.arange(count) < at, min(1.0, 1.0 / gain), min(1.0, gain)).astype(np.float64)


def fade(count: int, first: int, last: int, to: float) -> NDArray[np.float64]:
    """Factors of a fade from 1 at frame `first` to `to` at frame `last`, linear in code values."""
    share = np.clip((np.arange(count) - first) / max(last - first, 1), 0.0, 1.0)
    return np.asarray(1.0 + share * (to - 1.0), np.float64)


def _path(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Places (x, y as shares of the picture) of a patch that wanders steadily and turns round at the edges."""
    start, speed = rng.uniform(0.1, 0.9, 2), rng.uniform(-0.02, 0.02, 2)
    ways = start + speed * np.arange(count)[:, None]
    return np.asarray(np.abs((ways % 2.0 + 2.0) % 2.0 - 1.0), np.float64)


def _blob(width: int, height: int, centre: NDArray[np.float64], radius: float) -> NDArray[np.float32]:
    x = np.exp(-0.5 * np.square((np.arange(width) - centre[0] * width) / radius))
    y = np.exp(-0.5 * np.square((np.arange(height) - centre[1] * height) / radius))
    return np.asarray(y[:, None] * x, np.float32)


def _treated(frame: Frame, planted: Planted) -> Frame:
    before = np.maximum(luma_of(frame), 0.0)
    after = planted.gain * planted.field * before**planted.gamma
    planes = list(frame.planes)
    if frame.format.family == "rgb":
        ratio = after / np.maximum(before, _DARK)
        black, white = code_range(frame.format, frame.colour)
        for index in range(3):
            planes[index] = _coded(frame, (frame.planes[index].astype(np.float32) - black) * ratio + black)
        return frame.with_planes(tuple(planes))
    black, white = code_range(frame.format, frame.colour)
    planes[0] = _coded(frame, after * (white - black) + black)
    if frame.format.family == "yuv":
        neutral, span = chroma_range(frame.format, frame.colour)
        for index, cast in zip((1, 2), planted.cast, strict=True):
            plane = frame.planes[index].astype(np.float32)
            size = plane.shape[1], plane.shape[0]
            was, now = (cv2.resize(y, size, interpolation=cv2.INTER_AREA) for y in (before, after.astype(np.float32)))
            ratio = now / np.maximum(was, _DARK)
            planes[index] = _coded(frame, (plane - neutral) * ratio + neutral + np.float32(cast * span) * now)
    return frame.with_planes(tuple(planes))


def _coded(frame: Frame, values: NDArray[np.floating]) -> Plane:
    return np.asarray(np.clip(np.rint(values), 0, frame.format.peak), frame.format.dtype)
