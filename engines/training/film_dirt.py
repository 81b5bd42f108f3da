"""What lies on film and what was ploughed into it: blotches, hairs and scratches as coverage planes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

Cover = NDArray[np.float32]
"""H x W float32, 0..1; exactly 0 where the picture is untouched."""

# Below this a sample would hardly change by one 8-bit code; cut off so that the mask is exact.
_LEAST = 1.0 / 48.0
_SUB = 4  # bits of sub-pixel position for OpenCV's polylines


def blotches(width: int, height: int, mean: float, size: float, rng: np.random.Generator) -> Iterator[Cover]:
    """A Poisson number of ragged spots with soft edges, typical radius `size` of the height."""
    for _ in range(int(rng.poisson(mean))):
        radius = max(1.5, height * size * float(rng.lognormal(-0.45, 0.6)))
        side = int(np.ceil(radius * 3.2)) | 1
        spot = _spot(side, radius, rng)
        cover = np.zeros((height, width), dtype=np.float32)
        left = int(rng.integers(-side // 3, width - side // 2))
        top = int(rng.integers(-side // 3, height - side // 2))
        _paste(cover, spot, left, top)
        yield cover


def _spot(side: int, radius: float, rng: np.random.Generator) -> Cover:
    y, x = np.mgrid[:side, :side].astype(np.float32) - (side - 1) / 2
    squash, turn = float(rng.uniform(0.6, 1.0)), float(rng.uniform(0, np.pi))
    u = x * np.cos(turn) + y * np.sin(turn)
    v = (y * np.cos(turn) - x * np.sin(turn)) / squash
    noise = cv2.GaussianBlur(rng.standard_normal((side, side)).astype(np.float32), (0, 0), max(0.8, radius / 3))
    noise = noise / np.float32(max(float(noise.std()), 1e-6))
    edge = 1.0 - np.hypot(u, v) / radius + 0.22 * noise
    softness = float(rng.uniform(0.6, 1.6)) / radius
    opacity = float(rng.uniform(0.65, 1.0))
    return _trimmed(opacity * np.clip(edge / softness + 0.5, 0.0, 1.0))


def hairs(width: int, height: int, mean: float, rng: np.random.Generator) -> Iterator[Cover]:
    """A Poisson number of curled hairs and fibres."""
    for _ in range(int(rng.poisson(mean))):
        steps = 48
        length = height * float(rng.uniform(0.08, 0.3))
        curl = np.cumsum(rng.normal(0.0, 0.1, steps)) + np.linspace(0, float(rng.uniform(-2.5, 2.5)), steps)
        heading = float(rng.uniform(0, 2 * np.pi)) + curl
        path = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], axis=1) * length / steps, axis=0)
        path += np.array([rng.uniform(0.05, 0.95) * width, rng.uniform(0.05, 0.95) * height])
        drawn = np.zeros((height, width), dtype=np.uint8)
        points = np.rint(path * 2**_SUB).astype(np.int32)
        thickness = max(1, round(height / 480 * float(rng.uniform(1.0, 2.0))))
        cv2.polylines(drawn, [points], False, 255, thickness, cv2.LINE_AA, _SUB)
        soft = cv2.GaussianBlur(drawn.astype(np.float32) / 255.0, (0, 0), 0.6)
        yield _trimmed(float(rng.uniform(0.6, 0.95)) * np.minimum(soft * 1.3, 1.0))


@dataclass(frozen=True)
class Scratch:
    """A vertical scratch as it runs through one frame. Lengths in pixels, on the film (before weave)."""

    x: float
    drift: float
    """Pixels per frame."""
    slant: float
    """Pixels per line."""
    width: float
    opacity: float
    tone: float
    top: float
    bottom: float
    breath: float
    """Phase of the slow change of its depth down the frame."""
    frames_left: int

    def next_frame(self, rng: np.random.Generator) -> Scratch:
        x = self.x + self.drift + float(rng.normal(0.0, 0.15))
        return replace(self, x=x, breath=self.breath + 0.7, frames_left=self.frames_left - 1)


def new_scratch(width: int, height: int, rng: np.random.Generator) -> Scratch:
    """A scratch somewhere in the picture: most run its full height, some only a part."""
    partial = rng.random() < 0.3
    top = float(rng.uniform(0.0, 0.5)) * height if partial else -1.0
    bottom = top + float(rng.uniform(0.3, 0.6)) * height if partial else height + 1.0
    bright = rng.random() < 0.7
    return Scratch(
        x=float(rng.uniform(0.05, 0.95)) * width,
        drift=float(rng.normal(0.0, 0.25)),
        slant=float(rng.normal(0.0, 0.002)),
        width=max(0.5, height / 480 * float(rng.uniform(0.5, 1.1))),
        opacity=float(rng.uniform(0.3, 0.8)),
        tone=float(rng.uniform(0.85, 1.0)) if bright else float(rng.uniform(0.0, 0.15)),
        top=top,
        bottom=bottom,
        breath=float(rng.uniform(0, 2 * np.pi)),
        frames_left=int(rng.integers(12, 60)),
    )


def scratch_cover(scratch: Scratch, width: int, height: int, dx: float) -> Cover:
    """Its coverage in a frame that the gate moved by `dx` pixels."""
    rows = np.arange(height, dtype=np.float32)[:, None]
    columns = np.arange(width, dtype=np.float32)[None, :]
    centre = scratch.x + dx + scratch.slant * (rows - height / 2)
    profile = np.exp(-0.5 * ((columns - centre) / scratch.width) ** 2)
    depth = 0.75 + 0.25 * np.sin(rows * (7.0 / height) + scratch.breath)
    ends = np.clip(np.minimum(rows - scratch.top, scratch.bottom - rows) / (0.02 * height) + 0.5, 0.0, 1.0)
    return _trimmed(scratch.opacity * depth * ends * profile)


def _trimmed(cover: NDArray[np.floating]) -> Cover:
    return np.where(cover < _LEAST, 0.0, cover).astype(np.float32)


def _paste(cover: Cover, spot: Cover, left: int, top: int) -> None:
    """Add `spot` at (left, top), cut at the edges."""
    height, width = cover.shape
    y0, x0 = max(0, top), max(0, left)
    y1, x1 = min(height, top + spot.shape[0]), min(width, left + spot.shape[1])
    cover[y0:y1, x0:x1] = spot[y0 - top : y1 - top, x0 - left : x1 - left]
