"""Plants what looks like dirt and is none: specks that fly, sparkling regions, rain, flashes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Pictures = list[NDArray[np.float32]]
_BITS = 4


def decoys(pictures: Sequence[NDArray[np.float32]], rng: np.random.Generator) -> Pictures:
    """Consecutive pictures (H x W, 0..255) with a few kinds of decoys drawn in, at random; none in a third of clips."""
    kinds: tuple[tuple[Callable[[Pictures, np.random.Generator], None], float], ...] = (
        (_flying, 0.4),
        (_sparkling, 0.25),
        (_raining, 0.15),
        (_flashing, 0.1),
    )
    drawn = [picture.copy() for picture in pictures]
    if rng.random() < 0.33:
        return drawn
    for draw, share in kinds:
        if rng.random() < share:
            draw(drawn, rng)
    return drawn


def _flying(pictures: Pictures, rng: np.random.Generator) -> None:
    """Small things that cross the picture fast: they are in several frames, elsewhere in each."""
    height, width = pictures[0].shape
    for _ in range(int(rng.integers(2, 14))):
        first = int(rng.integers(-4, len(pictures)))
        place = rng.uniform(0, 1, 2) * (width, height)
        turn, speed = float(rng.uniform(0, 2 * np.pi)), float(np.exp(rng.uniform(np.log(4), np.log(60))))
        velocity = speed * np.array([np.cos(turn), np.sin(turn)])
        fall = float(rng.uniform(-1, 1.5))
        radius, squash = float(np.exp(rng.uniform(np.log(1.0), np.log(16)))), float(rng.uniform(0.4, 1))
        tone, opacity = float(rng.choice((0, 40, 128, 220, 255))), float(rng.uniform(0.5, 1))
        angle, spin = float(rng.uniform(0, 360)), float(rng.uniform(-30, 30))
        blur = speed * float(rng.uniform(0, 0.5))
        for number in range(max(first, 0), min(first + int(rng.integers(4, 30)), len(pictures))):
            axes = (radius + blur / 2, radius * squash)
            heading = float(np.degrees(turn)) if blur > radius else angle + spin * number
            _blend(pictures[number], place, axes, heading, tone, opacity)
            place = place + velocity
            velocity = velocity + np.array([0.0, fall])


def _sparkling(pictures: Pictures, rng: np.random.Generator) -> None:
    """Glints that come and go in one region in every frame, as on water."""
    height, width = pictures[0].shape
    w, h = int(rng.uniform(0.2, 0.9) * width), int(rng.uniform(0.15, 0.6) * height)
    left, top = int(rng.integers(width - w)), int(rng.integers(height - h))
    mean = float(np.exp(rng.uniform(np.log(6), np.log(80))))
    tone, size = float(rng.choice((255, 255, 235, 30))), float(rng.uniform(0.6, 2.5))
    for picture in pictures:
        for _ in range(int(rng.poisson(mean))):
            place = np.array([left + rng.random() * w, top + rng.random() * h])
            radius = size * float(rng.uniform(0.6, 1.6))
            _blend(picture, place, (radius * float(rng.uniform(1, 3)), radius), 0.0, tone, float(rng.uniform(0.3, 1)))


def _raining(pictures: Pictures, rng: np.random.Generator) -> None:
    """Streaks or flakes of one direction all over every frame."""
    height, width = pictures[0].shape
    slant, length = float(rng.uniform(60, 120)), float(rng.uniform(1, 14))
    mean, tone = float(rng.uniform(30, 200)), float(rng.uniform(170, 255))
    thick, opacity = float(rng.uniform(0.4, 1.6)), float(rng.uniform(0.2, 0.8))
    for picture in pictures:
        for _ in range(int(rng.poisson(mean))):
            place = rng.uniform(0, 1, 2) * (width, height)
            _blend(picture, place, (length, thick), slant + float(rng.normal(0, 2)), tone, opacity)


def _flashing(pictures: Pictures, rng: np.random.Generator) -> None:
    """Single frames far brighter, everywhere or around a place: a camera's flash, lightning."""
    height, width = pictures[0].shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    for number in rng.choice(len(pictures), min(3, len(pictures)), replace=False):
        gain = float(rng.uniform(0.15, 0.8))
        if rng.random() < 0.5:
            spread = float(rng.uniform(0.2, 0.6)) * width
            far = np.hypot(x - rng.random() * width, y - rng.random() * height)
            pictures[number] *= 1 + np.float32(gain) * np.exp(-((far / spread) ** 2))
        else:
            pictures[number] *= np.float32(1 + gain)
        np.minimum(pictures[number], 255, out=pictures[number])


def _blend(
    picture: NDArray[np.float32],
    place: NDArray[np.floating],
    axes: tuple[float, float],
    angle: float,
    tone: float,
    opacity: float,
) -> None:
    """An ellipse with smooth edges; `place` is (x, y)."""
    height, width = picture.shape
    reach = int(max(axes)) + 3
    x0, y0 = max(0, int(place[0]) - reach), max(0, int(place[1]) - reach)
    x1, y1 = min(width, int(place[0]) + reach + 1), min(height, int(place[1]) + reach + 1)
    if x1 <= x0 or y1 <= y0:
        return
    shape = np.zeros((y1 - y0, x1 - x0), np.uint8)
    scale = 1 << _BITS
    centre = round((float(place[0]) - x0) * scale), round((float(place[1]) - y0) * scale)
    size = max(1, round(axes[0] * scale)), max(1, round(axes[1] * scale))
    cv2.ellipse(shape, centre, size, angle, 0, 360, 255, -1, cv2.LINE_AA, _BITS)
    cover = shape.astype(np.float32) * np.float32(opacity / 255)
    cut = picture[y0:y1, x0:x1]
    cut += cover * (np.float32(tone) - cut)
